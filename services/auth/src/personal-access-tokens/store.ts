import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import type { StoredPersonalAccessToken } from "./personal-access-token.ts";

/** How long ended tokens are kept: somewhat longer than requests that name them. */
const KEPT_DAYS = 30;
const FORGOTTEN_MAX = 5_000;

/** What is read of personal access tokens. */
export function personalAccessTokenStore(sql: Sql) {
  return {
    /** Undefined for one that is not there. */
    find: (tokenId: string) => readPersonalAccessToken(sql, tokenId),

    /** Those of a user that were not revoked, the newest first, after the one that `after` names. */
    async list(
      userId: bigint,
      { limit, after }: { limit: number; after?: { createTime: Date; tokenId: string } | undefined },
    ): Promise<StoredPersonalAccessToken[]> {
      const beyond = after
        ? sql`and (create_time, token_id) < (${after.createTime}, ${after.tokenId})`
        : sql``;
      return sql<StoredPersonalAccessToken[]>`
        select ${tokenColumns(sql)} from personal_access_tokens
        where user_id = ${userId} and revoke_time is null ${beyond}
        order by create_time desc, token_id desc limit ${limit}`;
    },

    /** Deletes those that ended long ago; returns how many. Their sessions are forgotten after them. */
    async forget(): Promise<number> {
      const { count } = await sql`
        delete from personal_access_tokens where token_id in (
          select token_id from personal_access_tokens
          where least(expire_time, revoke_time) < now() - make_interval(days => ${KEPT_DAYS}) limit ${FORGOTTEN_MAX})`;
      return count;
    },
  };
}

/** Reads a personal access token. */
export async function readPersonalAccessToken(
  sql: Sql | TransactionSql,
  tokenId: string,
): Promise<StoredPersonalAccessToken | undefined> {
  const [row] = await sql<StoredPersonalAccessToken[]>`
    select ${tokenColumns(sql)} from personal_access_tokens where token_id = ${tokenId}`;
  return row;
}

/** Counts a user's valid tokens, and keeps others from making one for the user until the transaction ends. */
export async function countTokens(tx: TransactionSql, userId: bigint): Promise<number> {
  await tx`select from users where user_id = ${userId} for update`;
  const [row] = await tx<{ count: bigint }[]>`
    select count(*) as count from personal_access_tokens
    where user_id = ${userId} and revoke_time is null and expire_time > clock_timestamp()`;
  return Number(row?.count);
}

/** Writes a new token. */
export async function insertToken(
  tx: TransactionSql,
  token: Omit<StoredPersonalAccessToken, "lastUseTime" | "revokeTime" | "revision">,
): Promise<void> {
  const { tokenId, userId, name, tokenHash, scopes, sessionId, createTime, expireTime } = token;
  await tx`
    insert into personal_access_tokens (token_id, user_id, name, token_hash, scopes, session_id, create_time, expire_time)
    values (${tokenId}, ${userId}, ${name}, ${tokenHash}, ${scopes}, ${sessionId}, ${createTime}, ${expireTime})`;
}

/** Writes down that a token was used, once a minute at most. */
export async function touchToken(tx: TransactionSql, tokenId: string): Promise<void> {
  await tx`
    update personal_access_tokens set last_use_time = date_trunc('minute', clock_timestamp())
    where token_id = ${tokenId}
      and (last_use_time is null or last_use_time < date_trunc('minute', clock_timestamp()))`;
}

function tokenColumns(sql: Sql | TransactionSql) {
  return sql`
    token_id as "tokenId", user_id as "userId", name, token_hash as "tokenHash", scopes, session_id as "sessionId",
    create_time as "createTime", expire_time as "expireTime", last_use_time as "lastUseTime",
    revoke_time as "revokeTime", revision`;
}
