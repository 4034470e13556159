import { SERVICES } from "@tessera/contracts/catalogue.ts";
import { AUDIENCE } from "@tessera/identity/access-token.ts";
import { decodeJwt } from "jose";
import type { Deps } from "../deps.ts";
import { oauthFault } from "../oauth-http/oauth-fault.ts";
import type { Parameters } from "../oauth-http/parameters.ts";
import { tokenIdIn } from "../personal-access-tokens/personal-access-token.ts";
import type { Granted } from "../sessions/grant.ts";
import { grantExchange, subjectOf } from "../tokens/exchange-grant.ts";
import { keyGrant } from "../tokens/key-grant.ts";
import { proveService } from "../tokens/prove-service.ts";
import { serviceGrant } from "../tokens/service-grant.ts";
import { timeOf } from "../users/store.ts";
import { type ClientClaim, unknown } from "./client-authentication.ts";

/** The one kind of token that is taken and given (RFC 8693, 3). */
const ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";
const AUDIENCES = new Set(SERVICES.map(({ typeName }) => `${AUDIENCE}:${typeName.split(".")[1]}`));
const SCOPE = /^[!-~]{1,64}$/;
const SCOPES_MAX = 32;

/** A token, and of which kind it is where the grant has to say so (RFC 8693, 2.2.1). */
export type Issued = Granted & { issuedTokenType?: string };

/** The grant of a service account (RFC 6749, 4.4), which proves itself by an assertion (RFC 7523). */
export function credentialsGrant(deps: Deps, claim: ClientClaim, form: Parameters): Promise<Granted> {
  if (claim.by !== "assertion")
    throw oauthFault("unauthorized_client", "only service accounts have this grant, by private_key_jwt");
  return serviceGrant(deps, { assertion: ownAssertion(claim), scopes: scopesIn(form) });
}

/**
 * Token exchange (RFC 8693). A service account gets a token to act for the person whose token it presents. Anybody gets an
 * access token for a personal access token, which is its own proof.
 */
export async function exchangeToken(deps: Deps, claim: ClientClaim, form: Parameters): Promise<Issued> {
  const subjectToken = form.get("subject_token");
  const sound =
    subjectToken !== undefined &&
    form.get("subject_token_type") === ACCESS_TOKEN &&
    [undefined, ACCESS_TOKEN].includes(form.get("requested_token_type")) &&
    form.get("actor_token") === undefined &&
    form.get("resource") === undefined;
  if (!sound)
    throw oauthFault("invalid_request", "an access token is exchanged for an access token, for an audience");
  const scopes = scopesIn(form);
  if (tokenIdIn(subjectToken) !== undefined) {
    const granted = await keyGrant(deps, { token: subjectToken, scopes });
    return { ...granted, issuedTokenType: ACCESS_TOKEN };
  }
  if (claim.by !== "assertion")
    throw oauthFault("unauthorized_client", "only service accounts act for people, by private_key_jwt");
  const audience = form.get("audience") ?? "";
  if (!AUDIENCES.has(audience)) throw oauthFault("invalid_target", "audience must name one service");
  const assertion = ownAssertion(claim);
  const subject = await subjectOf(deps, subjectToken);
  const granted = await deps.store.begin(async (tx) => {
    const now = await timeOf(tx);
    const { userId: actorUserId } = await proveService(deps, tx, assertion, now);
    return grantExchange(deps, tx, { actorUserId, subject, audience, scopes, now });
  });
  return { ...granted, issuedTokenType: ACCESS_TOKEN };
}

/** The client id of the service account that makes an assertion, which is used up. Refuses as `proveService` does. */
export function provedService(deps: Deps, claim: ClientClaim & { by: "assertion" }): Promise<string> {
  const assertion = ownAssertion(claim);
  return deps.store.begin(async (tx) => {
    const { clientId } = await proveService(deps, tx, assertion, await timeOf(tx));
    return clientId;
  });
}

/** The client that an assertion names, unverified; undefined if it cannot be read. */
export function claimedIssuer(assertion: string): string | undefined {
  try {
    const { iss } = decodeJwt(assertion);
    return typeof iss === "string" && iss.length <= 255 ? iss : undefined;
  } catch {
    return undefined;
  }
}

/** The assertion, where the client that it is sent for is the one that it says (RFC 7521, 4.2). */
function ownAssertion({ clientId, assertion }: ClientClaim & { by: "assertion" }): string {
  if (clientId !== undefined && clientId !== claimedIssuer(assertion)) throw unknown();
  return assertion;
}

/** The scopes that a form asks for; none where it names none. Throws invalid_scope. */
export function scopesIn(form: Parameters): string[] {
  const scopes = [...new Set(form.get("scope")?.split(" ") ?? [])];
  if (scopes.length > SCOPES_MAX || !scopes.every((it) => SCOPE.test(it)))
    throw oauthFault("invalid_scope", "scope must be a list of words");
  return scopes;
}
