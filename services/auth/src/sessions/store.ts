import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import { markSessionRevoked, revokeUser } from "../revocations/store.ts";
import type { Holder } from "../users/token-holder.ts";
import type { StoredSession } from "./session.ts";

/** How long sessions are kept after they expired: longer than their requests. */
const KEPT_DAYS = 9;
const FORGOTTEN_MAX = 5_000;

/** What is stored of sessions. */
export function sessionStore(sql: Sql) {
  return {
    /** Undefined for a session that is not there. */
    find: (sessionId: string) => readSession(sql, sessionId),

    /** The sessions of a user that are neither expired nor revoked, the newest first, after the one that `after` names. */
    async list(
      userId: bigint,
      { limit, after }: { limit: number; after?: { createTime: Date; sessionId: string } | undefined },
    ): Promise<StoredSession[]> {
      const beyond = after
        ? sql`and (create_time, session_id) < (${after.createTime}, ${after.sessionId})`
        : sql``;
      return sql<StoredSession[]>`
        select ${sessionColumns(sql)} from sessions
        where user_id = ${userId} and end_time is null and last_expire_time > clock_timestamp() ${beyond}
        order by create_time desc, session_id desc limit ${limit}`;
    },

    /** Whether what a token says still holds: undefined where its user is not there. */
    async standing({
      userId,
      sessionId,
    }: {
      userId: bigint;
      sessionId: string;
    }): Promise<Standing | undefined> {
      const [row] = await sql<Standing[]>`
        select u.token_version as "tokenVersion", u.blocked, u.deleted, u.identity_provider as "identityProvider",
          s.session_id is not null and s.end_time is null as "isOpen"
        from users u left join sessions s on s.session_id = ${sessionId} and s.user_id = u.user_id
        where u.user_id = ${userId}`;
      return row;
    },

    /** Deletes expired sessions; returns how many. */
    async forget(): Promise<number> {
      const { count } = await sql`
        delete from sessions where session_id in (
          select session_id from sessions s
          where (last_expire_time < now() - make_interval(days => ${KEPT_DAYS})
              or end_time < now() - make_interval(days => ${KEPT_DAYS}))
            and not exists (select from personal_access_tokens p where p.session_id = s.session_id)
          limit ${FORGOTTEN_MAX})`;
      return count;
    },
  };
}

/** What holds of a token's user and session now. */
export interface Standing {
  tokenVersion: number;
  blocked: boolean;
  deleted: boolean;
  /** The identity provider that knows the user. */
  identityProvider: string;
  isOpen: boolean;
}

/** Reads a session, without a lock. */
export async function readSession(
  sql: Sql | TransactionSql,
  sessionId: string,
): Promise<StoredSession | undefined> {
  const [row] = await sql<StoredSession[]>`
    select ${sessionColumns(sql)} from sessions where session_id = ${sessionId}`;
  return row;
}

/** Reads a session, so that nobody else changes it until the transaction ends. */
export async function holdSession(tx: TransactionSql, sessionId: string): Promise<StoredSession | undefined> {
  const [row] = await tx<StoredSession[]>`
    select ${sessionColumns(tx)} from sessions where session_id = ${sessionId} for update`;
  return row;
}

/** Reads a user who is to hold a token, so that nobody blocks the user until the transaction ends. */
export async function holdUser(tx: TransactionSql, userId: bigint): Promise<Holder | undefined> {
  const [row] = await tx<Holder[]>`
    select user_id as "userId", token_version as "tokenVersion", blocked, deleted,
      identity_provider as "identityProvider"
    from users where user_id = ${userId} for share`;
  return row;
}

/** Writes a new session. */
export async function insertSession(tx: TransactionSql, session: StoredSession): Promise<void> {
  const { sessionId, userId, tokenVersion, clientId, scopes, createTime, issueTime, expireTime } = session;
  const { refreshExpireTime, lastExpireTime, generation, refreshSalt } = session;
  await tx`
    insert into sessions (session_id, user_id, token_version, client_id, scopes, create_time, issue_time, expire_time,
      refresh_expire_time, last_expire_time, generation, refresh_salt)
    values (${sessionId}, ${userId}, ${tokenVersion}, ${clientId}, ${scopes}, ${createTime}, ${issueTime}, ${expireTime},
      ${refreshExpireTime}, ${lastExpireTime}, ${generation}, ${refreshSalt})`;
}

/** Writes what a refresh changes of a session that is held. */
export async function rotateSession(tx: TransactionSql, session: StoredSession): Promise<void> {
  const { sessionId, tokenVersion, generation, issueTime, expireTime, refreshExpireTime, revision } = session;
  await tx`
    update sessions set token_version = ${tokenVersion}, generation = ${generation}, issue_time = ${issueTime},
      expire_time = ${expireTime}, refresh_expire_time = ${refreshExpireTime}, revision = ${revision}
    where session_id = ${sessionId}`;
}

/**
 * Revokes a session and its tokens, of the session of a personal access token that one too. Returns the session's
 * revision. A revoked session stays as it is.
 */
export async function revokeSession(tx: TransactionSql, sessionId: string): Promise<bigint> {
  const [row] = await tx<{ revision: bigint }[]>`
    update sessions set revision = revision + (end_time is null)::int, end_time = coalesce(end_time, clock_timestamp())
    where session_id = ${sessionId} returning revision`;
  await tx`
    update personal_access_tokens set revoke_time = clock_timestamp(), revision = revision + 1
    where session_id = ${sessionId} and revoke_time is null`;
  await markSessionRevoked(tx, sessionId);
  return row?.revision ?? 1n;
}

/**
 * Refuses all tokens of a user that were made so far, and revokes the user's sessions but for those of personal access
 * tokens. Undefined where there is no such user.
 */
export async function revokeAllTokens(
  tx: TransactionSql,
  userId: bigint,
): Promise<{ sessions: number; tokenVersion: number } | undefined> {
  const [user] = await tx<{ token_version: number; blocked: boolean }[]>`
    update users set token_version = token_version + 1 where user_id = ${userId} and not deleted
    returning token_version, blocked`;
  if (user === undefined) return undefined;
  const { token_version: tokenVersion, blocked } = user;
  const { count: sessions } = await tx`
    update sessions s set end_time = clock_timestamp(), revision = revision + 1
    where user_id = ${userId} and end_time is null and last_expire_time > clock_timestamp()
      and not exists (select from personal_access_tokens p where p.session_id = s.session_id)`;
  await revokeUser(tx, { userId, tokenVersion, blocked });
  return { sessions, tokenVersion };
}

function sessionColumns(sql: Sql | TransactionSql) {
  return sql`
    session_id as "sessionId", user_id as "userId", token_version as "tokenVersion", client_id as "clientId", scopes,
    create_time as "createTime", issue_time as "issueTime", expire_time as "expireTime",
    refresh_expire_time as "refreshExpireTime", last_expire_time as "lastExpireTime", generation,
    refresh_salt as "refreshSalt", end_time as "revokeTime", revision`;
}
