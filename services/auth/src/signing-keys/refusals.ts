import { Reason, ReasonSchema } from "@tessera/contracts/tessera/auth/v1/reason_pb.ts";
import { refusals } from "@tessera/rpc/refusal.ts";

const refuse = refusals(ReasonSchema);

/** There is no such signing key. */
export function signingKeyNotFound(kid: string) {
  return refuse(Reason.SIGNING_KEY_NOT_FOUND, { metadata: { kid } });
}

/** The key signs, or is the only one there is. */
export function signingKeyInUse(kid: string) {
  return refuse(Reason.SIGNING_KEY_IN_USE, { metadata: { kid } });
}
