import type { KeyObject } from "node:crypto";
import type { Feed } from "@tessera/feeds/feed.ts";
import type { TokenAlgorithm } from "@tessera/identity/token-algorithm.ts";
import type { VerifyToken } from "@tessera/rpc/caller.ts";
import type { EventRow } from "./events/event-row.ts";
import type { Limits } from "./limits/limits.ts";
import type { Store } from "./open-store.ts";
import type { RevocationWatch } from "./revocations/revocation-watch.ts";
import type { Lifetimes } from "./sessions/session.ts";
import type { Standing } from "./sessions/store.ts";
import type { SigningKeys } from "./signing-keys/key-ring.ts";
import type { NewKey } from "./signing-keys/signing-key.ts";

/** What the handlers work with; made once, in start.ts. */
export interface Deps {
  store: Store;
  keys: SigningKeys;
  tokenIssuer: string;
  lifetimes: Lifetimes;
  /** What secrets are derived from that are made again when they are asked for again: refresh tokens and the like. */
  tokenKey: KeyObject;
  /** Verifies access tokens that this service takes. */
  verify: VerifyToken;
  /** Verifies access tokens that any of the services takes. */
  verifyAny: VerifyToken;
  /** What holds of a token's user and session now; undefined where the user is gone or their provider is not offered. */
  standing: (token: { userId: bigint; sessionId: string }) => Promise<Standing | undefined>;
  /** Makes a signing key; of the algorithm of the settings unless another is named. */
  makeKey: (generation: number, algorithm?: TokenAlgorithm) => Promise<NewKey>;
  /** What an assertion may say in `aud`. */
  assertionAudiences: readonly string[];
  /** Notifies of revoked tokens. */
  revocations: RevocationWatch;
  developmentSignIn: boolean;
  limits: Limits;
  /** Which services confirm that they have deleted what they kept about a user. */
  deletionServices: readonly string[];
  /** What happened, for those who follow it. */
  eventFeed: Feed<EventRow>;
  /** Aborts when this process is to end: streams end then, and their readers resume. */
  stopping: AbortSignal;
  /** How old a stream may become, in milliseconds. */
  streamMaxMs: number;
  /** The default validity of an invitation. */
  invitationSeconds: number;
  /** What this service's own calls carry: which service it is. */
  serviceHeaders: (refused?: string) => Promise<Record<string, string>>;
  /** Makes an id that nobody guesses and nobody else has: a UUID. */
  newId: () => string;
}
