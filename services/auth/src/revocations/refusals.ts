import { Reason, ReasonSchema } from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import { refusals } from "@tessera/rpc/refusal.ts";

const refuse = refusals(ReasonSchema);

/** The token was valid and was revoked. */
export function tokenRevoked() {
  return refuse(Reason.TOKEN_REVOKED);
}
