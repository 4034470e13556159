import type { Refusal } from "@tessera/rpc/refusal.ts";
import * as oauth from "oauth4webapi";
import { upstreamAnswerInvalid, upstreamRefused, upstreamUnavailable } from "../sessions/sign-in-refusals.ts";
import { UpstreamSilent } from "./bounded-fetch.ts";

/** The person said no at the identity provider. */
export const ACCESS_DENIED = Symbol("access_denied");

/** Errors by which a provider says that it cannot for now (RFC 6749, 4.1.2.1). */
const FOR_NOW = ["temporarily_unavailable", "server_error"];

/**
 * What an error on the way to the identity provider means. The error itself goes no further: the library puts codes and
 * answers into it.
 */
export function translated(error: unknown, provider: string): Refusal | typeof ACCESS_DENIED {
  if (error instanceof UpstreamSilent) return upstreamUnavailable(provider);
  if (error instanceof oauth.AuthorizationResponseError) {
    if (error.error === "access_denied") return ACCESS_DENIED;
    return saidNo(provider, error.error);
  }
  if (error instanceof oauth.ResponseBodyError) return saidNo(provider, error.error);
  if (error instanceof oauth.WWWAuthenticateChallengeError) return upstreamRefused(provider, "unauthorized");
  const answered = error instanceof Error ? error.cause : undefined;
  if (answered instanceof Response && answered.status >= 400) {
    return upstreamRefused(provider, `http_${answered.status}`);
  }
  return upstreamAnswerInvalid(provider);
}

function saidNo(provider: string, error: string): Refusal {
  if (FOR_NOW.includes(error)) return upstreamUnavailable(provider);
  // Only a word of the standards' form is shown again.
  return upstreamRefused(provider, /^[a-z_]{1,40}$/.test(error) ? error : "unknown");
}
