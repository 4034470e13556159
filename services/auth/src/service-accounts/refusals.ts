import { Reason, ReasonSchema } from "@tessera/contracts/tessera/auth/v1/reason_pb.ts";
import { refusals } from "@tessera/rpc/refusal.ts";

export const refuse = refusals(ReasonSchema);

/** The assertion does not prove who the service is. */
export function assertionInvalid() {
  return refuse(Reason.ASSERTION_INVALID);
}

/** The assertion was taken before. */
export function assertionReused() {
  return refuse(Reason.ASSERTION_REUSED);
}

/** The caller is no service account that may act for people. */
export function actingNotPermitted() {
  return refuse(Reason.ACTING_NOT_PERMITTED);
}

/** There is no such service account. */
export function serviceAccountNotFound(userId: bigint) {
  return refuse(Reason.SERVICE_ACCOUNT_NOT_FOUND, { metadata: { user_id: String(userId) } });
}

/** Another account has the client id. */
export function clientIdTaken(clientId: string) {
  return refuse(Reason.CLIENT_ID_TAKEN, { metadata: { client_id: clientId } });
}

/** The account is not at the revision that the caller expects. */
export function serviceAccountChanged(userId: bigint, revision: bigint) {
  return refuse(Reason.SERVICE_ACCOUNT_CHANGED, {
    metadata: { user_id: String(userId), revision: String(revision) },
  });
}

/** The key is no public key of a kind that is taken. */
export function publicKeyInvalid(rule: string, problem: string) {
  const violations = [{ field: "jwk", description: problem, rule }];
  return refuse(Reason.PUBLIC_KEY_INVALID, { detail: problem, violations });
}

/** The account has as many keys as it may have. */
export function publicKeyLimitReached(limit: number) {
  return refuse(Reason.PUBLIC_KEY_LIMIT_REACHED, { metadata: { limit: String(limit) } });
}

/** The account has no key of this id. */
export function publicKeyNotFound(kid: string) {
  return refuse(Reason.PUBLIC_KEY_NOT_FOUND, { metadata: { kid } });
}
