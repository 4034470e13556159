import { AUDIENCE } from "@tessera/identity/access-token.ts";
import type { Caller, VerifyToken } from "@tessera/rpc/caller.ts";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { tokenInvalid } from "../refusals.ts";
import { tokenRevoked } from "../revocations/refusals.ts";
import type { Standing } from "../sessions/store.ts";
import { admissible } from "../users/user.ts";

/** The services that accept only tokens for themselves. */
const SERVICES = ["auth", "project", "task"];
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const USER_ID_MAX = 2n ** 63n - 1n;

/**
 * Refuses, after its signature, a token whose user or session no longer stands: the auth service has the data, so it
 * need not wait for its own feed.
 */
export function verifyStanding(
  verify: VerifyToken,
  isPublished: (kid: string) => boolean,
  standing: (token: { userId: bigint; sessionId: string }) => Promise<Standing | undefined>,
): (token: string) => Promise<Caller> {
  return async (token) => {
    const caller = await verify(token);
    // A token that was verified is remembered for a while; its key may have been revoked since.
    if (!isPublished(decodeProtectedHeader(token).kid ?? "")) throw tokenInvalid();
    if (!UUID.test(caller.sessionId) || caller.userId > USER_ID_MAX) throw tokenInvalid();
    refuseFallen(caller, await standing(caller));
    return caller;
  };
}

/** Verifies tokens for any of the services, each by its own audience, as introspection has to. */
export function verifyAnyAudience(verifyFor: (service: string) => VerifyToken): VerifyToken {
  const byAudience = new Map(SERVICES.map((service) => [`${AUDIENCE}:${service}`, verifyFor(service)]));
  const [otherwise] = [...byAudience.values()] as [VerifyToken];
  return (token) => (byAudience.get(audienceIn(token)) ?? otherwise)(token);
}

/** What a token says of its audience, which nothing has proved yet. */
function audienceIn(token: string): string {
  try {
    return String(decodeJwt(token).aud);
  } catch {
    return "";
  }
}

/** Refuses TOKEN_INVALID of somebody who is gone, USER_BLOCKED, and TOKEN_REVOKED. */
export function refuseFallen(
  { tokenVersion }: Pick<Caller, "tokenVersion">,
  standing: Standing | undefined,
): void {
  const user = admissible(standing);
  if (user === undefined) throw tokenInvalid();
  if (!user.isOpen || tokenVersion < user.tokenVersion) throw tokenRevoked();
}
