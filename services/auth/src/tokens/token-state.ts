import { TokenKind } from "@tessera/contracts/tessera/auth/v1/token_service_pb.ts";
import { AUDIENCE } from "@tessera/identity/access-token.ts";
import { Refusal } from "@tessera/rpc/refusal.ts";
import { decodeJwt } from "jose";
import type { Deps } from "../deps.ts";
import {
  isValid,
  ownTokenIdIn,
  PERSONAL_CLIENT,
  tokenIdIn,
} from "../personal-access-tokens/personal-access-token.ts";
import { tokenInvalid } from "../refusals.ts";
import { actorsIn } from "../sessions/act-claim.ts";
import { isGenuine, readRefreshToken } from "../sessions/refresh-token.ts";
import { refreshing } from "../sessions/session.ts";
import { refuseFallen } from "./verify-standing.ts";

/** What a token allows now. */
export interface TokenState {
  kind: TokenKind;
  userId: bigint;
  clientId: string;
  scopes: string[];
  sessionId: string;
  issueTime: Date;
  expireTime: Date;
  /** The services that act by it, the last one first; none for the holder's own. */
  actors: string[];
  audience: string;
}

/** Returns what a text allows as a token now (RFC 7662); undefined for what is no valid token of ours. */
export async function tokenStateOf(deps: Deps, text: string): Promise<TokenState | undefined> {
  try {
    if (ownTokenIdIn(deps.tokenKey, text) !== undefined) return await personalTokenState(deps, text);
    if (readRefreshToken(deps.tokenKey, text) !== undefined) return await refreshTokenState(deps, text);
    return await accessTokenState(deps, text);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

async function accessTokenState({ verifyAny }: Deps, text: string): Promise<TokenState> {
  const { userId, clientId, scopes, sessionId, path } = await verifyAny(text);
  // A ticket is for one stream. One that is found in a log can neither be used elsewhere nor revoke a session.
  if (path !== "") throw tokenInvalid();
  const { iat, exp, aud, act } = decodeJwt(text);
  return {
    kind: TokenKind.ACCESS,
    userId,
    clientId,
    scopes: [...scopes],
    sessionId,
    issueTime: new Date((iat ?? 0) * 1000),
    expireTime: new Date((exp ?? 0) * 1000),
    actors: actorsIn(act),
    audience: String(aud),
  };
}

async function refreshTokenState(deps: Deps, text: string): Promise<TokenState | undefined> {
  const { store, tokenKey, lifetimes } = deps;
  const read = readRefreshToken(tokenKey, text);
  const session = read && (await store.sessions.find(read.sessionId));
  if (!read || !session?.refreshSalt || !session.refreshExpireTime) return undefined;
  if (!isGenuine(tokenKey, read, session.refreshSalt)) return undefined;
  const decision = refreshing(session, read.generation, new Date(), lifetimes);
  if (decision === "refuse" || decision === "reuse") return undefined;
  refuseFallen(session, await deps.standing(session));
  const { userId, clientId, scopes, sessionId, issueTime, refreshExpireTime: expireTime } = session;
  const own = { actors: [], audience: AUDIENCE };
  return { kind: TokenKind.REFRESH, userId, clientId, scopes, sessionId, issueTime, expireTime, ...own };
}

async function personalTokenState(
  { store, standing: standingOf }: Deps,
  text: string,
): Promise<TokenState | undefined> {
  const stored = await store.personalAccessTokens.find(tokenIdIn(text) ?? "");
  if (stored === undefined || !isValid(stored, text, new Date())) return undefined;
  const standing = await standingOf(stored);
  refuseFallen({ tokenVersion: standing?.tokenVersion ?? 0 }, standing);
  const { userId, scopes, sessionId, createTime: issueTime, expireTime } = stored;
  const own = { clientId: PERSONAL_CLIENT, actors: [], audience: AUDIENCE };
  return { kind: TokenKind.PERSONAL_ACCESS, userId, scopes, sessionId, issueTime, expireTime, ...own };
}
