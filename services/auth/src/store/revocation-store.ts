import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";

/** Tokens live no longer than this, with what clocks may differ; a revocation is kept for so long. */
const REMEMBERED_SECONDS = 3_600 + 60;

/** Takes back the tokens of a session. */
export async function revokeSession(sql: Sql | TransactionSql, sessionId: string): Promise<void> {
  await sql`
    insert into revocations (subject, session_id, forget_time, change_time)
    values (${`session:${sessionId}`}, ${sessionId}, clock_timestamp() + make_interval(secs => ${REMEMBERED_SECONDS}),
      clock_timestamp())
    on conflict (subject) do nothing`;
}

/** Takes back the tokens of a person below a version, and all of them while the person is blocked. */
export async function revokeUser(
  sql: Sql | TransactionSql,
  { userId, tokenVersion, blocked }: { userId: bigint; tokenVersion: number; blocked: boolean },
): Promise<void> {
  await sql`
    insert into revocations (subject, user_id, token_version, blocked, forget_time, change_time)
    values (${`user:${userId}`}, ${userId}, ${tokenVersion}, ${blocked},
      case when ${blocked}::boolean then null else clock_timestamp() + make_interval(secs => ${REMEMBERED_SECONDS}) end,
      clock_timestamp())
    on conflict (subject) do update set token_version = excluded.token_version, blocked = excluded.blocked,
      forget_time = excluded.forget_time, change_time = excluded.change_time`;
}
