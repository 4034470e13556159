import type { CurrentUser } from "./current-user.ts";
import type { Store } from "./store/open-store.ts";
import type { AreaLimits } from "./survey-area.ts";
import type { Viewers } from "./viewers.ts";

/** What the handlers work with; made once, in start.ts. */
export interface Deps {
  store: Store;
  currentUser: CurrentUser;
  viewers: Viewers;
  areaLimits: AreaLimits;
  /** How long a stream lasts at most. */
  streamMaxMs: number;
  /** Aborts when this process stops: streams end. */
  stopping: AbortSignal;
}
