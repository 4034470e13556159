import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import { daysOf, FIGURES, statesOf } from "./entries-store.ts";

/** A row of the roll-up that the history does not bear out. */
export interface Difference {
  table: "statistics_days" | "statistics_states";
  /** What it is of: project, person or state, and day. */
  key: string;
  /** What the roll-up says, and what the history says; absent where there is no such row. */
  kept: string | null;
  counted: string | null;
}

/** How long one statement may take over a long history. */
const STATEMENT_MAX_MS = 3_600_000;
/** The most differences that are listed. */
const LISTED_MAX = 100;

/**
 * Counts the whole history up to the position of the roll-up again, and compares. `mend` writes what was counted. The roll-up
 * stands still meanwhile, and is read as it was.
 */
export async function recount(
  sql: Sql,
  { mend = false } = {},
): Promise<{ differences: number; listed: Difference[] }> {
  return sql.begin({ statementTimeoutMs: STATEMENT_MAX_MS }, async (tx) => {
    await tx`select position from statistics_feed for update`;
    const events = tx`select * from task_events where position <= (select position from statistics_feed)`;
    await tx`create temporary table counted_days (like statistics_days) on commit drop`;
    await tx`insert into counted_days ${daysOf(tx, events)}`;
    await tx`create temporary table counted_states (like statistics_states) on commit drop`;
    await tx`insert into counted_states ${statesOf(tx, events)}`;
    const days = await differences(tx, "statistics_days", ["project_id", "user_id", "day"], FIGURES);
    const states = await differences(tx, "statistics_states", ["project_id", "day", "state"], ["count"]);
    const all = [...days, ...states];
    if (mend && all.length > 0) {
      await tx`delete from statistics_days`;
      await tx`insert into statistics_days select * from counted_days`;
      await tx`delete from statistics_states`;
      await tx`insert into statistics_states select * from counted_states`;
    }
    return { differences: all.length, listed: all.slice(0, LISTED_MAX) };
  });
}

async function differences(
  tx: TransactionSql,
  table: Difference["table"],
  key: readonly string[],
  figures: readonly string[],
): Promise<Difference[]> {
  const counted = table.replace("statistics", "counted");
  // A row of zeros equals no row.
  const text = (columns: readonly string[]) => tx`concat_ws('/', ${tx(columns as string[])})`;
  const isSome = figures.map((figure, place) => tx`${place > 0 ? tx`or` : tx``} ${tx(figure)} <> 0`);
  const rows = (of: string) =>
    tx`select ${text(key)} as key, ${text(figures)} as figures from ${tx(of)} where ${isSome}`;
  return tx<Difference[]>`
    select ${table} as table, key, kept.figures as kept, counted.figures as counted
    from (${rows(table)}) as kept full join (${rows(counted)}) as counted using (key)
    where kept.figures is distinct from counted.figures order by key`;
}
