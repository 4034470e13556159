import type { Sql } from "@tessera/postgres/pool.ts";

/** What rate-limiter-flexible asks of a connection: its own statements on the table `spent_limits`. */
export interface LimitTable {
  query(statement: {
    text: string;
    values: (string | number | null)[];
  }): Promise<{ rows: { points: number; expire: number | null }[]; rowCount: number }>;
}

const SWEPT_MAX = 5_000;

/** The table of what was spent, as the library wants it. Its numbers are those of JavaScript. */
export function limitTable(sql: Sql): LimitTable {
  return {
    async query({ text, values }) {
      const rows = await sql.unsafe<{ points: number; expire: bigint | null }[]>(text, values, {
        prepare: true,
      });
      return {
        rows: rows.map(({ points, expire }) => ({ points, expire: expire === null ? null : Number(expire) })),
        rowCount: rows.count,
      };
    },
  };
}

/** Deletes points that are too old to count; returns how many. */
export async function forgetSpent(sql: Sql): Promise<number> {
  const swept = await sql`
    delete from spent_limits where key in (
      select key from spent_limits where expire < extract(epoch from clock_timestamp()) * 1000 limit ${SWEPT_MAX})`;
  return swept.count;
}
