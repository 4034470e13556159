import { Reason, ReasonSchema } from "@tessera/contracts/tessera/auth/v1/reason_pb.ts";
import { type Refusal, refusals } from "@tessera/rpc/refusal.ts";
import { violation } from "./setting-faults.ts";

const refuse = refusals(ReasonSchema);

/** A row of the auth service that is referred to and missing, and its place in the list that refers to it. */
interface Missing<Id> {
  id: Id;
  index: number;
}

/** The metadata tells of the first; the fields of all. */
export function teamsNotFound(missing: readonly Missing<number>[]): Refusal {
  const violations = missing.map(({ id, index }) =>
    violation(`teams[${index}].team_id`, `there is no team ${id}`, "reference.exists"),
  );
  return refuse(Reason.TEAM_NOT_FOUND, { metadata: { team_id: String(missing[0]?.id) }, violations });
}

/** The metadata tells of the first; the fields of all. */
export function usersNotFound(missing: readonly Missing<bigint>[]): Refusal {
  const violations = missing.map(({ id, index }) =>
    violation(`allowed_user_ids[${index}]`, `there is no user ${id}`, "reference.exists"),
  );
  return refuse(Reason.USER_NOT_FOUND, { metadata: { user_id: String(missing[0]?.id) }, violations });
}
