import { Reason, ReasonSchema } from "@tessera/contracts/tessera/auth/v1/reason_pb.ts";
import { referring } from "@tessera/rpc/reference.ts";
import { type Refusal, refusals } from "@tessera/rpc/refusal.ts";
import { areaUploadNotFound } from "./areas/refusals.ts";
import { licenceNotFound } from "./licences/refusals.ts";
import { violation } from "./projects/setting-faults.ts";

const refuse = refusals(ReasonSchema);

/** A row of the auth service that is referred to and missing, and its place in the list that refers to it. */
interface Missing<Id> {
  id: Id;
  index: number;
}

/** The metadata describe the first; the fields list all. */
export function teamsNotFound(missing: readonly Missing<number>[]): Refusal {
  const violations = missing.map(({ id, index }) =>
    violation(`teams[${index}].team_id`, `there is no team ${id}`, "reference.exists"),
  );
  return refuse(Reason.TEAM_NOT_FOUND, { metadata: { team_id: String(missing[0]?.id) }, violations });
}

/** The metadata describe the first; the fields list all. */
export function usersNotFound(missing: readonly Missing<bigint>[]): Refusal {
  const violations = missing.map(({ id, index }) =>
    violation(`allowed_user_ids[${index}]`, `there is no user ${id}`, "reference.exists"),
  );
  return refuse(Reason.USER_NOT_FOUND, { metadata: { user_id: String(missing[0]?.id) }, violations });
}

/** A project refers to a licence that does not exist. */
export function licenceOfProjectNotFound(licenceId: number): Refusal {
  return referring(licenceNotFound(licenceId), "project.licence_id");
}

/** A command takes its area from an upload that does not exist, or that is another's. */
export function uploadOfAreaNotFound(areaUploadId: bigint): Refusal {
  return referring(areaUploadNotFound(areaUploadId), "area_upload_id");
}
