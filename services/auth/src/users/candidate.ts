import { userNotAdmissible } from "./refusals.ts";

/** Somebody who is to become a member of a team, or a manager. */
export interface Candidate {
  userId: bigint;
  exists: boolean;
  /** False for who is blocked, and for service accounts. */
  isAdmissible: boolean;
}

/** Refuses USER_NOT_ADMISSIBLE. */
export function admissible({ userId, isAdmissible }: Candidate): void {
  if (!isAdmissible) throw userNotAdmissible(userId);
}
