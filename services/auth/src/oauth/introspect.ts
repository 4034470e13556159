import { Refusal } from "@tessera/rpc/refusal.ts";
import { decodeJwt } from "jose";
import { isGenuine, readRefreshToken } from "../refresh-token.ts";
import { refreshing } from "../session.ts";
import { timeOf } from "../store/time-of.ts";
import { type Answer, json } from "./answer.ts";
import { callingClient } from "./calling-client.ts";
import { unknown } from "./client-authentication.ts";
import type { HttpAsk } from "./http-ask.ts";
import { oauthFault } from "./oauth-fault.ts";
import type { SignInDeps } from "./sign-in-deps.ts";

/** All that is said of a token that is not good: not why (RFC 7662, 2.2). */
const INACTIVE = { active: false };

/** POST /oauth2/introspect (RFC 7662): what a token is good for now. Only for clients that prove who they are. */
export async function introspect(it: SignInDeps, ask: HttpAsk): Promise<Answer> {
  const { form, clientId, isConfidential } = await callingClient(it, ask);
  if (!isConfidential) throw unknown();
  const token = form.get("token");
  if (token === undefined) throw oauthFault("invalid_request", "token is missing");
  const answer = readRefreshToken(token)
    ? await ofRefreshToken(it, token, clientId)
    : await ofAccessToken(it, token);
  return json(200, answer);
}

async function ofAccessToken({ verify }: SignInDeps, token: string) {
  try {
    const caller = await verify(token);
    const { iss, aud, sub, exp, iat, jti } = decodeJwt(token);
    const scope = [...caller.scopes].join(" ");
    const act = caller.actor !== "" && { act: { sub: caller.actor } };
    return {
      active: true,
      ...{ scope, client_id: caller.clientId, token_type: "Bearer", iss, aud, sub, exp, iat, jti },
      sid: caller.sessionId,
      ...act,
    };
  } catch (error) {
    if (error instanceof Refusal) return INACTIVE;
    throw error;
  }
}

/** Of a refresh token only its own client learns anything. */
async function ofRefreshToken({ deps }: SignInDeps, token: string, clientId: string) {
  const { store, tokenKey, lifetimes, tokenIssuer } = deps;
  const read = readRefreshToken(token);
  const session = read && (await store.sessions.find(read.sessionId));
  if (!read || !session?.refreshSalt || !isGenuine(tokenKey, read, session.refreshSalt)) return INACTIVE;
  const now = await store.begin(timeOf);
  if (session.clientId !== clientId || refreshing(session, read.generation, now, lifetimes) !== "rotate")
    return INACTIVE;
  return {
    active: true,
    scope: session.scopes.join(" "),
    client_id: session.clientId,
    iss: tokenIssuer,
    sub: String(session.userId),
    sid: session.sessionId,
    exp: Math.floor((session.refreshExpireTime ?? now).getTime() / 1000),
  };
}
