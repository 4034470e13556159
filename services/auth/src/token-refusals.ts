import { Reason, ReasonSchema } from "@tessera/contracts/tessera/auth/v1/reason_pb.ts";
import {
  Reason as RpcReason,
  ReasonSchema as RpcReasonSchema,
} from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import { refusals } from "@tessera/rpc/refusal.ts";

const refuse = refusals(ReasonSchema);
const refuseInWordsOfRpc = refusals(RpcReasonSchema);

/** The refresh token is none of ours, was used, has expired, or belongs to another client or an ended session. */
export function refreshTokenInvalid() {
  return refuse(Reason.REFRESH_TOKEN_INVALID);
}

/** The token was good and was taken back. */
export function tokenRevoked() {
  return refuseInWordsOfRpc(RpcReason.TOKEN_REVOKED);
}
