import { type Timestamp, timestampDate } from "@bufbuild/protobuf/wkt";
import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import type { Acknowledgement } from "@tessera/contracts/tessera/rpc/v1/acknowledgement_pb.ts";
import type { TransactionSql } from "@tessera/postgres/pool.ts";
import type { Deps } from "../deps.ts";
import { appendEvent } from "../event-store.ts";
import { timeOf } from "../users/store.ts";
import { holderOf, isOffered } from "../users/token-holder.ts";
import { grantedScopes } from "./granted-scopes.ts";
import { deriveRefreshToken, isGenuine, newSalt, readRefreshToken } from "./refresh-token.ts";
import { refreshTokenInvalid } from "./refusals.ts";
import { refreshing, SESSIONS, type StoredSession, timesOf } from "./session.ts";
import { sessionToken } from "./session-token.ts";
import { holdSession, holdUser, insertSession, readSession, revokeSession, rotateSession } from "./store.ts";

/** What somebody gets who proved who they are, or on whose behalf they act. */
export interface Granted {
  accessToken: string;
  /** When the access token ends. */
  expireTime: Date;
  /** "" without one. */
  refreshToken: string;
  /** The scopes of the access token, separated by spaces. */
  scope: string;
  sessionId: string;
}

/** A session to be opened. */
export interface Opening {
  userId: bigint;
  clientId: string;
  scopes: readonly string[];
  /** The moment of the command, by the database's clock. */
  now: Date;
  /** Whether it can be refreshed; so it is unless said otherwise. */
  isRefreshable?: boolean;
}

/**
 * Opens a session for a user, in the transaction that identified the user, and makes its first tokens. Refuses
 * USER_BLOCKED.
 */
export async function openSession(deps: Deps, tx: TransactionSql, opening: Opening): Promise<Granted> {
  const { userId, clientId, scopes, now, isRefreshable = true } = opening;
  const { tokenVersion } = holderOf(await holdUser(tx, userId));
  const session: StoredSession = {
    sessionId: deps.newId(),
    userId,
    tokenVersion,
    clientId,
    scopes: [...scopes],
    createTime: now,
    ...timesOf(deps.lifetimes, now, { createTime: now, isRefreshable }),
    generation: 0,
    refreshSalt: isRefreshable ? newSalt() : null,
    revokeTime: null,
    revision: 1n,
  };
  await insertSession(tx, session);
  return grantedBy(deps, session);
}

/**
 * The tokens of a session as it stands; the same ones whenever they are asked for. The access token may have fewer
 * scopes than the session, the refresh token never has (RFC 6749, 6).
 */
export async function grantedBy(
  { keys, tokenIssuer, tokenKey }: Deps,
  session: StoredSession,
  scopes: readonly string[] = session.scopes,
): Promise<Granted> {
  const { sessionId, generation, refreshSalt, expireTime } = session;
  return {
    accessToken: await sessionToken({ ...session, scopes }, keys, tokenIssuer),
    expireTime,
    refreshToken:
      refreshSalt === null ? "" : deriveRefreshToken(tokenKey, { sessionId, generation, refreshSalt }),
    scope: scopes.join(" "),
    sessionId,
  };
}

/** The tokens of a command that took effect before: made anew of their session, and of what the command came to. */
export async function grantedAgain(
  deps: Deps,
  acknowledgement: Acknowledgement | undefined,
  expireTime: Date | undefined,
  generation = 0,
): Promise<Pick<Granted, "accessToken" | "refreshToken">> {
  const sessionId = acknowledgement?.name.slice(SESSIONS.length) ?? "";
  const session = await deps.store.sessions.find(sessionId);
  // It expired before the retention period: no token of it is valid.
  if (session === undefined) return { accessToken: "", refreshToken: "" };
  const isNewest = session.generation === generation;
  const issueTime = isNewest ? session.issueTime : timestampDate(acknowledgement?.commitTime as Timestamp);
  const { accessToken, refreshToken } = await grantedBy(deps, {
    ...session,
    generation,
    issueTime,
    expireTime: isNewest ? session.expireTime : (expireTime ?? session.expireTime),
  });
  return { accessToken, refreshToken };
}

/** A used refresh token was presented: the session is revoked. */
export class RefreshTokenReused extends Error {
  override readonly name = "RefreshTokenReused";
  readonly session: Pick<StoredSession, "sessionId" | "userId" | "clientId">;

  constructor(session: Pick<StoredSession, "sessionId" | "userId" | "clientId">) {
    super("a refresh token was used again");
    this.session = session;
  }
}

/** A refresh token as it is presented. */
export interface Presented {
  refreshToken: string;
  /** The client that presents it, where it is known: it must be the session's. */
  clientId?: string;
  /** The scopes of the access token, among those of the session; none for all. */
  scopes?: readonly string[];
  now: Date;
}

/**
 * Rotates a refresh token, in a transaction that holds the session. The one that was just rotated gets the same successor
 * again for a short while. Refuses REFRESH_TOKEN_INVALID, USER_BLOCKED and SCOPE_NOT_ALLOWED. Throws RefreshTokenReused:
 * `endIfReused` has to follow in another transaction.
 */
export async function rotate(
  deps: Deps,
  tx: TransactionSql,
  { refreshToken, clientId, scopes = [], now }: Presented,
): Promise<Granted & { revision: bigint }> {
  const read = readRefreshToken(deps.tokenKey, refreshToken);
  const known = read && (await readSession(tx, read.sessionId));
  if (!read || !known?.refreshSalt || !isGenuine(deps.tokenKey, read, known.refreshSalt))
    throw refreshTokenInvalid();
  if (clientId !== undefined && clientId !== known.clientId) throw refreshTokenInvalid();
  // Locks the person before the session, as signing out everywhere does, so that no deadlock is possible.
  const holder = holderOf(await holdUser(tx, known.userId));
  if (!isOffered(deps, holder)) throw refreshTokenInvalid();
  const { tokenVersion } = holder;
  const session = await holdSession(tx, read.sessionId);
  if (session === undefined) throw refreshTokenInvalid();
  const decision = refreshing(session, read.generation, now, deps.lifetimes);
  if (decision === "refuse") throw refreshTokenInvalid();
  if (decision === "reuse") throw new RefreshTokenReused(session);
  const granted = grantedScopes(scopes, session.scopes);
  if (decision === "repeat")
    return { ...(await grantedBy(deps, session, granted)), revision: session.revision };
  const { createTime } = session;
  const rotated: StoredSession = {
    ...session,
    ...timesOf(deps.lifetimes, now, { createTime, isRefreshable: true }),
    lastExpireTime: session.lastExpireTime,
    tokenVersion,
    generation: session.generation + 1,
    revision: session.revision + 1n,
  };
  await rotateSession(tx, rotated);
  return { ...(await grantedBy(deps, rotated, granted)), revision: rotated.revision };
}

/** Refuses REFRESH_TOKEN_INVALID for a token that this deployment did not make, without a look at the database. */
export function refuseForged({ tokenKey }: Deps, refreshToken: string): void {
  if (readRefreshToken(tokenKey, refreshToken) === undefined) throw refreshTokenInvalid();
}

/** Refreshes in a transaction of its own, and revokes the session of a token that was used again. Refuses as `rotate` does. */
export async function refreshGrant(
  deps: Deps,
  presented: Omit<Presented, "now">,
): Promise<Granted & { revision: bigint }> {
  refuseForged(deps, presented.refreshToken);
  const granted = deps.store.begin(async (tx) => rotate(deps, tx, { ...presented, now: await timeOf(tx) }));
  return granted.catch((error: unknown) => endIfReused(deps, error));
}

/**
 * Revokes the session of a refresh token that `rotate` found used again, in a transaction of its own, and refuses
 * REFRESH_TOKEN_INVALID. Throws any other error as it is.
 */
export async function endIfReused({ store }: Deps, error: unknown): Promise<never> {
  if (!(error instanceof RefreshTokenReused)) throw error;
  const { sessionId, userId, clientId } = error.session;
  await store.begin(async (tx) => {
    const held = await holdSession(tx, sessionId);
    if (held === undefined || held.revokeTime !== null) return;
    await revokeSession(tx, sessionId);
    const details = { session_id: sessionId };
    await appendEvent(tx, { kind: AuthEventKind.REFRESH_TOKEN_REUSED, actor: 0n, clientId, userId, details });
  });
  throw refreshTokenInvalid();
}
