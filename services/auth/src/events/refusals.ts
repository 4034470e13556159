import { Reason, ReasonSchema } from "@tessera/contracts/tessera/auth/v1/reason_pb.ts";
import {
  Reason as RpcReason,
  ReasonSchema as RpcReasonSchema,
} from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import { refusals } from "@tessera/rpc/refusal.ts";

const refuse = refusals(ReasonSchema);
const refuseInWordsOfRpc = refusals(RpcReasonSchema);

/** There is no such event, or it concerns others: the answer is the same. */
export function eventNotFound(eventId: string) {
  return refuse(Reason.AUTH_EVENT_NOT_FOUND, { metadata: { event_id: eventId } });
}

/** The position is none of this feed. */
export function positionInvalid() {
  return refuseInWordsOfRpc(RpcReason.POSITION_INVALID);
}

/** What follows the position is not kept any more; `oldest` is the first from which all is. */
export function positionForgotten(oldest: string) {
  return refuse(Reason.POSITION_FORGOTTEN, { metadata: { oldest_position: oldest } });
}
