import { Reason, ReasonSchema } from "@tessera/contracts/tessera/auth/v1/reason_pb.ts";
import { refusals } from "@tessera/rpc/refusal.ts";

const refuse = refusals(ReasonSchema);

/** When it is worth asking an identity provider again that did not answer, in milliseconds. */
const UPSTREAM_RETRY_MS = 10_000;

/** No such sign-in was begun in this browser, or it was used. Which of the two is not said. */
export function signInUnknown() {
  return refuse(Reason.SIGN_IN_UNKNOWN);
}

/** It was begun too long ago. */
export function signInExpired() {
  return refuse(Reason.SIGN_IN_EXPIRED);
}

/** The identity provider does not answer. */
export function upstreamUnavailable(provider: string) {
  return refuse(Reason.UPSTREAM_UNAVAILABLE, { metadata: { provider }, retryAfterMs: UPSTREAM_RETRY_MS });
}

/** The identity provider said no, by this word of its own. */
export function upstreamRefused(provider: string, error: string) {
  return refuse(Reason.UPSTREAM_REFUSED, { metadata: { provider, error } });
}

/** The identity provider answered what nobody can use. */
export function upstreamAnswerInvalid(provider: string) {
  return refuse(Reason.UPSTREAM_ANSWER_INVALID, { metadata: { provider } });
}

/** There is no identity provider. */
export function upstreamNotConfigured() {
  return refuse(Reason.UPSTREAM_NOT_CONFIGURED);
}

/** The client is none of ours. */
export function clientUnknown() {
  return refuse(Reason.CLIENT_UNKNOWN);
}

/** The client never registered this address. */
export function redirectUriUnregistered() {
  return refuse(Reason.REDIRECT_URI_UNREGISTERED);
}

/** One parameter is not what it must be. Its value is not shown. */
export function parameterMalformed(parameter: string) {
  return refuse(Reason.PARAMETER_MALFORMED, { metadata: { parameter } });
}
