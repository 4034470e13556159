import { Reason, ReasonSchema } from "@tessera/contracts/tessera/auth/v1/reason_pb.ts";
import { refusals } from "@tessera/rpc/refusal.ts";

const refuse = refusals(ReasonSchema);

/** The refresh token is none of ours, was used, has expired, or belongs to another client or a revoked session. */
export function refreshTokenInvalid() {
  return refuse(Reason.REFRESH_TOKEN_INVALID);
}

/** A scope is asked for that may not be given. */
export function scopeNotAllowed(scope: string) {
  return refuse(Reason.SCOPE_NOT_ALLOWED, { metadata: { scope } });
}
