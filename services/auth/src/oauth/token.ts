import { Refusal } from "@tessera/rpc/refusal.ts";
import { type Granted, refreshGrant } from "../grant.ts";
import type { Spender } from "../limits/rules.ts";
import { readRefreshToken } from "../refresh-token.ts";
import { type Answer, json } from "./answer.ts";
import type { Client } from "./client.ts";
import { type ClientClaim, clientClaim, provedClient } from "./client-authentication.ts";
import { exchangeCode } from "./exchange-code.ts";
import type { HttpAsk } from "./http-ask.ts";
import { OAuthFault, oauthFault } from "./oauth-fault.ts";
import type { Parameters } from "./parameters.ts";
import type { SignInDeps } from "./sign-in-deps.ts";

/** A token, and of which sort it is where the grant has to say so (RFC 8693, 2.2.1). */
type Issued = Granted & { issuedTokenType?: string };
type Grant = (it: SignInDeps, claim: ClientClaim, form: Parameters) => Promise<Issued>;

/** Reasons that say of a grant that it is not good, or not any more. */
const NOT_GOOD = ["REFRESH_TOKEN_INVALID", "USER_BLOCKED", "TOKEN_INVALID", "TOKEN_EXPIRED", "TOKEN_REVOKED"];

/** The grants that are taken, by what they are called on the wire. */
const GRANTS: ReadonlyMap<string, Grant> = new Map<string, Grant>([
  ["authorization_code", fromCode],
  ["refresh_token", fromRefreshToken],
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
  const who = spenderOf(ask, claim, form);
  it.limits.refuseGuessing(who);
  await it.limits.spend("TOKEN", who);
  try {
    const issued = await grant(it, claim, form);
    it.limits.succeeded(who);
    return json(200, tokenAnswer(issued));
  } catch (error) {
    const isWrong = error instanceof OAuthFault && ["invalid_client", "invalid_grant"].includes(error.error);
    if (isWrong) await it.limits.failed(who);
    throw error;
  }
}

/** Who this says it is. A session stands for its account: which person it is, is known to who asks the database. */
function spenderOf({ address }: HttpAsk, { clientId }: ClientClaim, form: Parameters): Spender {
  const account = readRefreshToken(form.get("refresh_token") ?? "")?.sessionId;
  return {
    address,
    ...(clientId !== undefined && { client: clientId }),
    ...(account !== undefined && { account }),
  };
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
  return granting(exchangeCode(it.deps, { code, redirectUri, verifier, clientId: client.clientId }));
}

async function fromRefreshToken(it: SignInDeps, claim: ClientClaim, form: Parameters): Promise<Granted> {
  const { clientId } = registered(it, claim);
  const refreshToken = required(form, "refresh_token");
  // What a session is good for is set when it begins: `scope` is not read, and the answer says what the token has.
  return granting(refreshGrant(it.deps, { refreshToken, clientId }));
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

/** What a grant refuses, in the words of OAuth: the grant is not good (any more). */
async function granting<T>(granted: Promise<T>): Promise<T> {
  try {
    return await granted;
  } catch (error) {
    if (error instanceof Refusal && NOT_GOOD.includes(error.reason.name))
      throw oauthFault("invalid_grant", error.reason.title);
    throw error;
  }
}
