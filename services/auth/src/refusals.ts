import { Reason, ReasonSchema } from "@tessera/contracts/tessera/auth/v1/reason_pb.ts";
import {
  Reason as RpcReason,
  ReasonSchema as RpcReasonSchema,
} from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import { refusals } from "@tessera/rpc/refusal.ts";

const refuse = refusals(ReasonSchema);
const refuseInWordsOfRpc = refusals(RpcReasonSchema);

/** The development identity provider is off. */
export function signInNotOffered() {
  return refuse(Reason.SIGN_IN_NOT_OFFERED);
}

/** The development identity provider knows nobody of this name. */
export function personUnknown(name: string) {
  return refuse(Reason.PERSON_UNKNOWN, { metadata: { name } });
}

/** There is no such session, or it is another person's: the answer is the same. */
export function sessionNotFound(sessionId: string) {
  return refuse(Reason.SESSION_NOT_FOUND, { metadata: { session_id: sessionId } });
}

/** The call carries no token, and is about one. */
export function tokenMissing() {
  return refuseInWordsOfRpc(RpcReason.TOKEN_MISSING);
}

/** The token is a good one of somebody who is gone. */
export function tokenInvalid() {
  return refuseInWordsOfRpc(RpcReason.TOKEN_INVALID);
}
