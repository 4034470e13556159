import type { Sql } from "@tessera/postgres/pool.ts";
import type { Grouping } from "./tasks/each-project.ts";

/** What the loops of this process may have to do, but for those of the feed. */
export interface Signs {
  /** Locks expired whose end is not written down. */
  lapsed: boolean;
  /** Operations wait for somebody to work at them. */
  operations: boolean;
  /** Areas that could not be read are to be read again. */
  unread: boolean;
}

/**
 * All signs, by one statement; by one each where the tables are distributed. The first of an index is asked for, because a plan
 * for "exists" may read a table whole.
 */
export async function readSigns(sql: Sql, { byProject = false }: Grouping = {}): Promise<Signs> {
  const lapsed = sql`
    coalesce((select expire_time from lock_slots order by expire_time limit 1) <= clock_timestamp(), false)`;
  const operations = sql`
    exists (select 1 from operations
      where end_time is null and (lease_until is null or lease_until <= clock_timestamp()))`;
  const unread = sql`coalesce((select min(next_time) from unread_areas) <= clock_timestamp(), false)`;
  if (byProject) {
    const each = await Promise.all([lapsed, operations, unread].map((sign) => sql`select ${sign} as sign`));
    const [first, second, third] = each.map(([row]) => row?.sign as boolean);
    return { lapsed: first === true, operations: second === true, unread: third === true };
  }
  const [signs] = await sql<Signs[]>`
    select ${lapsed} as lapsed, ${operations} as operations, ${unread} as unread`;
  return signs as Signs;
}
