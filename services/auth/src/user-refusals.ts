import {
  Reason as RpcReason,
  ReasonSchema as RpcReasonSchema,
} from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import { refusals } from "@tessera/rpc/refusal.ts";

const refuseInWordsOfRpc = refusals(RpcReasonSchema);

/** The user is kept out until an administrator unblocks. */
export function userBlocked() {
  return refuseInWordsOfRpc(RpcReason.USER_BLOCKED);
}
