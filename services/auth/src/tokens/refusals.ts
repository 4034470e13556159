import { Reason, ReasonSchema } from "@tessera/contracts/tessera/auth/v1/reason_pb.ts";
import { refusals } from "@tessera/rpc/refusal.ts";

const refuse = refusals(ReasonSchema);

/** The personal access token is none of ours, has expired or was revoked. */
export function accessKeyInvalid() {
  return refuse(Reason.ACCESS_KEY_INVALID);
}

/** The token of the person for whom a service acts is not valid. */
export function subjectTokenInvalid() {
  return refuse(Reason.SUBJECT_TOKEN_INVALID);
}
