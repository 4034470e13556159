import { tokenInvalid } from "./refusals.ts";
import { admissible } from "./user.ts";

/** Whose tokens are made, as stored now. */
export interface Holder {
  userId: bigint;
  tokenVersion: number;
  blocked: boolean;
  deleted: boolean;
}

/** Answers a user who may hold tokens. Refuses TOKEN_INVALID of somebody who is gone, and USER_BLOCKED. */
export function holderOf(user: Holder | undefined): Holder {
  const holder = admissible(user);
  if (holder === undefined) throw tokenInvalid();
  return holder;
}
