import type { Sql } from "@tessera/postgres/pool.ts";

/** The time for which a limit is given, in seconds. */
const WINDOW_SECONDS = 60;
/** One statement forgets this many people at most. */
const FORGOTTEN_MAX = 5_000;

/** What is limited for each person. */
export type RateKind = "comments" | "reports";

/**
 * Uses up one of the `limit` that a person may write in a minute, by the database's clock and for all processes together.
 * Returns 0, or after how many milliseconds there is one to use: nothing is used up then.
 */
export async function spendRate(sql: Sql, userId: bigint, kind: RateKind, limit: number): Promise<number> {
  const [row] = await sql<{ wait: number | null }[]>`
    select extract(epoch from wait)::float8 as wait
    from spend_rate(${userId}, ${kind}, make_interval(secs => ${WINDOW_SECONDS / limit}),
      make_interval(secs => ${WINDOW_SECONDS})) as wait`;
  const { wait } = row ?? { wait: 0 };
  return wait === null ? 0 : Math.max(1, Math.ceil(wait * 1_000));
}

/** Forgets people who have all of their limits again; returns how many rows. */
export async function forgetRates(sql: Sql): Promise<number> {
  const { count } = await sql`
    delete from person_rates where (user_id, kind) in (
      select user_id, kind from person_rates
      where used_until < now() - make_interval(secs => ${WINDOW_SECONDS}) limit ${FORGOTTEN_MAX})`;
  return count;
}
