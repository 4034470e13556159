import { Refusal } from "@tessera/rpc/refusal.ts";
import { type Answer, json } from "../oauth-http/answer.ts";
import type { HttpAsk } from "../oauth-http/http-ask.ts";
import { type OAuthError, oauthFault } from "../oauth-http/oauth-fault.ts";
import type { Parameters } from "../oauth-http/parameters.ts";
import { type Granted, refreshGrant } from "../sessions/grant.ts";
import { admitted } from "./admitted.ts";
import type { Client } from "./client.ts";
import { type ClientClaim, clientClaim, provedClient } from "./client-authentication.ts";
import { exchangeCode } from "./exchange-code.ts";
import { credentialsGrant, exchangeToken, type Issued, scopesIn } from "./machine-grants.ts";
import type { SignInDeps } from "./sign-in-deps.ts";

type Grant = (it: SignInDeps, claim: ClientClaim, form: Parameters) => Promise<Issued>;

/** What reasons mean to a client of OAuth; for token exchange see RFC 8693, 2.2.2. */
const MEANINGS: Record<string, OAuthError> = {
  ACCESS_KEY_INVALID: "invalid_grant",
  ACTING_NOT_PERMITTED: "unauthorized_client",
  ASSERTION_INVALID: "invalid_client",
  ASSERTION_REUSED: "invalid_client",
  REFRESH_TOKEN_INVALID: "invalid_grant",
  SCOPE_NOT_ALLOWED: "invalid_scope",
  SUBJECT_TOKEN_INVALID: "invalid_request",
  TOKEN_INVALID: "invalid_grant",
  USER_BLOCKED: "invalid_grant",
};

/** The grants that are taken, by what they are called on the wire. */
const GRANTS: ReadonlyMap<string, Grant> = new Map<string, Grant>([
  ["authorization_code", fromCode],
  ["refresh_token", fromRefreshToken],
  ["client_credentials", ({ deps }, claim, form) => credentialsGrant(deps, claim, form)],
  [
    "urn:ietf:params:oauth:grant-type:token-exchange",
    ({ deps }, claim, form) => exchangeToken(deps, claim, form),
  ],
]);

/** POST /oauth2/token (RFC 6749, 3.2). */
export async function token(it: SignInDeps, ask: HttpAsk): Promise<Answer> {
  const form = await ask.form();
  if (form.repeated.size > 0) throw oauthFault("invalid_request", "a parameter is given twice");
  const grantType = form.get("grant_type");
  if (grantType === undefined) throw oauthFault("invalid_request", "grant_type is missing");
  const grant = GRANTS.get(grantType);
  if (grant === undefined)
    throw oauthFault("unsupported_grant_type", "grant_type is none of those in the metadata");
  const claim = clientClaim(ask.headers, form);
  return admitted(it, ask, { form, claim, on: "TOKEN" }, async (queued) => {
    const issued = await inWordsOfOAuth(() => queued(() => grant(it, claim, form)));
    return json(200, tokenAnswer(issued));
  });
}

function tokenAnswer({ accessToken, refreshToken, expireTime, scope, issuedTokenType }: Issued) {
  return {
    access_token: accessToken,
    ...(issuedTokenType !== undefined && { issued_token_type: issuedTokenType }),
    token_type: "Bearer",
    expires_in: Math.max(1, Math.round((expireTime.getTime() - Date.now()) / 1000)),
    ...(refreshToken !== "" && { refresh_token: refreshToken }),
    scope,
  };
}

async function fromCode(it: SignInDeps, claim: ClientClaim, form: Parameters): Promise<Granted> {
  const client = registered(it, claim);
  const code = required(form, "code");
  const redirectUri = required(form, "redirect_uri");
  const verifier = required(form, "code_verifier");
  return exchangeCode(it.deps, { code, redirectUri, verifier, clientId: client.clientId });
}

async function fromRefreshToken(it: SignInDeps, claim: ClientClaim, form: Parameters): Promise<Granted> {
  const { clientId } = registered(it, claim);
  const refreshToken = required(form, "refresh_token");
  return refreshGrant(it.deps, { refreshToken, clientId, scopes: scopesIn(form) });
}

/** The registered client that presents a grant of a person. */
function registered({ clients }: SignInDeps, claim: ClientClaim): Client {
  if (claim.by === "assertion")
    throw oauthFault("unauthorized_client", "a service account has no grant of a person");
  return provedClient(claim, clients);
}

function required(form: Parameters, name: string): string {
  const value = form.get(name);
  if (value === undefined) throw oauthFault("invalid_request", `${name} is missing`);
  return value;
}

/** Does `work`; what it refuses is said in the words of OAuth where those have one. */
export async function inWordsOfOAuth<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const meaning = error instanceof Refusal ? MEANINGS[error.reason.name] : undefined;
    if (meaning !== undefined) throw oauthFault(meaning, (error as Refusal).reason.title);
    throw error;
  }
}
