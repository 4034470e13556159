import { Refusal } from "@tessera/rpc/refusal.ts";
import { type Granted, refreshGrant } from "../grant.ts";
import type { Spender } from "../limits/rules.ts";
import { tokenIdIn } from "../personal-access-token.ts";
import { readRefreshToken } from "../refresh-token.ts";
import { type Answer, json } from "./answer.ts";
import type { Client } from "./client.ts";
import { type ClientClaim, clientClaim, provedClient } from "./client-authentication.ts";
import { exchangeCode } from "./exchange-code.ts";
import type { HttpAsk } from "./http-ask.ts";
import { claimedIssuer, credentialsGrant, exchangeToken, type Issued, scopesIn } from "./machine-grants.ts";
import { type OAuthError, OAuthFault, oauthFault } from "./oauth-fault.ts";
import type { Parameters } from "./parameters.ts";
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
/** Errors that say that a credential was wrong, whichever it was. */
const WRONG = ["invalid_client", "invalid_grant"];

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
  const { limits } = it;
  await limits.spend("TOKEN", { address: ask.address });
  const form = await ask.form();
  if (form.repeated.size > 0) throw oauthFault("invalid_request", "a parameter is given twice");
  const grantType = form.get("grant_type");
  if (grantType === undefined) throw oauthFault("invalid_request", "grant_type is missing");
  const grant = GRANTS.get(grantType);
  if (grant === undefined)
    throw oauthFault("unsupported_grant_type", "grant_type is none of those in the metadata");
  const claim = clientClaim(ask.headers, form);
  const who = spenderOf(ask, claim, form);
  limits.refuseGuessing(who);
  await limits.spend("CLAIM", who);
  try {
    const issued = await inWordsOfOAuth(() => grant(it, claim, form));
    limits.succeeded(isKey(form) ? { address: ask.address } : who);
    return json(200, tokenAnswer(issued));
  } catch (error) {
    if (error instanceof OAuthFault && WRONG.includes(error.error)) await limits.failed(who);
    throw error;
  }
}

/** A personal access token is its own proof, and proves nothing of the client that sends it. */
function isKey(form: Parameters): boolean {
  return tokenIdIn(form.get("subject_token") ?? "") !== undefined;
}

/** Who this says it is. Sessions and keys stand for their account: whose they are, only the database knows. */
function spenderOf({ address }: HttpAsk, claim: ClientClaim, form: Parameters): Spender {
  const client = claim.by === "assertion" ? claimedIssuer(claim.assertion) : claim.clientId;
  const account =
    readRefreshToken(form.get("refresh_token") ?? "")?.sessionId ??
    tokenIdIn(form.get("subject_token") ?? "");
  return { address, ...(client !== undefined && { client }), ...(account !== undefined && { account }) };
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
