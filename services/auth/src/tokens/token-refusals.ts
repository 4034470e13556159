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

/** The personal access token is none of ours, has expired or was revoked. */
export function accessKeyInvalid() {
  return refuse(Reason.ACCESS_KEY_INVALID);
}

/** The token of the person on whose behalf a service acts is not good. */
export function subjectTokenInvalid() {
  return refuse(Reason.SUBJECT_TOKEN_INVALID);
}

/** There is no such personal access token, or it is another person's: the answer is the same. */
export function personalAccessTokenNotFound(tokenId: string) {
  return refuse(Reason.PERSONAL_ACCESS_TOKEN_NOT_FOUND, { metadata: { token_id: tokenId } });
}

/** The person has as many as a person may have. */
export function personalAccessTokenLimitReached(limit: number) {
  return refuse(Reason.PERSONAL_ACCESS_TOKEN_LIMIT_REACHED, { metadata: { limit: String(limit) } });
}

/** There is no such signing key. */
export function signingKeyNotFound(kid: string) {
  return refuse(Reason.SIGNING_KEY_NOT_FOUND, { metadata: { kid } });
}

/** The key signs, or is the only one there is. */
export function signingKeyInUse(kid: string) {
  return refuse(Reason.SIGNING_KEY_IN_USE, { metadata: { kid } });
}
