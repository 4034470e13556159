import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";

/** The longest life of a token plus the difference of clocks; a revocation is kept as long. */
const REMEMBERED_SECONDS = 3_600 + 60;

/** Revokes the tokens of a session. */
export async function markSessionRevoked(sql: Sql | TransactionSql, sessionId: string): Promise<void> {
  await sql`
    insert into revocations (subject, session_id, forget_time, change_time)
    values (${`session:${sessionId}`}, ${sessionId}, clock_timestamp() + make_interval(secs => ${REMEMBERED_SECONDS}),
      clock_timestamp())
    on conflict (subject) do nothing`;
}

/** Revokes all tokens that a key signed. */
export async function revokeSignedBy(sql: Sql | TransactionSql, kid: string): Promise<void> {
  await sql`
    insert into revocations (subject, kid, forget_time, change_time)
    values (${`key:${kid}`}, ${kid}, clock_timestamp() + make_interval(secs => ${REMEMBERED_SECONDS}), clock_timestamp())
    on conflict (subject) do nothing`;
}

/** Revokes the tokens of a person below a version, and all of them while the person is blocked. */
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

/** A revocation as it is stored. */
export interface StoredRevocation {
  /** "session:0b7f…", "user:7" or "key:M1ym…". */
  subject: string;
  sessionId: string | null;
  userId: bigint | null;
  kid: string | null;
  tokenVersion: number;
  blocked: boolean;
  forgetTime: Date | null;
  changeTime: Date;
}

/** A statement and a transaction end within some 15 s: what is written now is seen by readers before this is over. */
export const LATE_SECONDS = 20;
const FORGOTTEN_MAX = 5_000;

/** What is read of revocations. */
export function revocationStore(sql: Sql) {
  return {
    /** The revocations in force, in the order of their subjects, after the one that `after` names. */
    list: (after: string, limit: number) => sql<StoredRevocation[]>`
      select ${revocationColumns(sql)} from revocations
      where subject > ${after} and (forget_time is null or forget_time > clock_timestamp())
      order by subject limit ${limit}`,

    /** What was revoked of late: all that may have been committed since somebody last looked, and some that were seen. */
    listLate: () => sql<StoredRevocation[]>`
      select ${revocationColumns(sql)} from revocations
      where change_time > clock_timestamp() - make_interval(secs => ${LATE_SECONDS})
      order by change_time`,

    /** Deletes revocations whose tokens have all expired; returns how many. */
    async forget(): Promise<number> {
      const { count } = await sql`
        delete from revocations where subject in (
          select subject from revocations where forget_time < now() limit ${FORGOTTEN_MAX})`;
      return count;
    },
  };
}

function revocationColumns(sql: Sql) {
  return sql`
    subject, session_id as "sessionId", user_id as "userId", kid, token_version as "tokenVersion", blocked,
    forget_time as "forgetTime", change_time as "changeTime"`;
}
