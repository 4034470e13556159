import { userBlocked } from "./user-refusals.ts";

/** Answers a user who may sign in and act; undefined for one who is not there or was deleted. Refuses USER_BLOCKED. */
export function admissible<U extends { blocked: boolean; deleted: boolean }>(
  user: U | undefined,
): U | undefined {
  if (user === undefined || user.deleted) return undefined;
  if (user.blocked) throw userBlocked();
  return user;
}
