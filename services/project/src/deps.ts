import type { CurrentUser } from "./current-user.ts";
import type { Store } from "./store/open-store.ts";
import type { AreaLimits } from "./survey-area.ts";

/** What the handlers work with; made once, in start.ts. */
export interface Deps {
  store: Store;
  currentUser: CurrentUser;
  areaLimits: AreaLimits;
}
