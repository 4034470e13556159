import type { Refusal } from "@tessera/rpc/refusal.ts";

/** What `error_description` may hold (RFC 6750, section 3). */
const DESCRIPTION = /^[ !#-[\]-~]+$/;

/** The value of WWW-Authenticate (RFC 6750, section 3) for a refusal; undefined where a token would change nothing. */
export function challengeOf(refusal: Refusal | undefined, tokenSent: boolean): string | undefined {
  const { httpStatus, name } = refusal?.reason ?? {};
  if (name === "SCOPE_MISSING") {
    const { scope } = (refusal as Refusal).metadata;
    return `Bearer error="insufficient_scope"${scope ? `, scope="${scope}"` : ""}`;
  }
  if (httpStatus !== 401) return undefined;
  if (!tokenSent) return 'Bearer realm="tessera"';
  const { message, reason } = refusal as Refusal;
  const isParticular = message !== reason.title && DESCRIPTION.test(message);
  return `Bearer error="invalid_token"${isParticular ? `, error_description="${message}"` : ""}`;
}
