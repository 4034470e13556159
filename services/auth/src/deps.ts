import type { SigningKeys } from "./signing-key.ts";
import type { Store } from "./store/open-store.ts";

/** What the handlers work with; made once, in start.ts. */
export interface Deps {
  store: Store;
  keys: SigningKeys;
  tokenIssuer: string;
  accessTokenSeconds: number;
  developmentSignIn: boolean;
  /** Makes an id that nobody guesses and nobody else has: a UUID. */
  newId: () => string;
}
