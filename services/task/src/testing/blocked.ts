import type { Sql } from "@tessera/postgres/pool.ts";

/** How many statements wait for a lock, on the servers of all tables. */
export async function blocked(sql: Sql): Promise<number> {
  const waiting = `
    select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
  const [citus] = await sql`select 1 from pg_proc where proname = 'run_command_on_all_nodes'`;
  const [row] =
    citus === undefined
      ? await sql.unsafe<{ count: bigint }[]>(waiting)
      : await sql<{ count: bigint }[]>`
          select sum(result::bigint)::bigint as count from run_command_on_all_nodes(${waiting})`;
  return Number(row?.count ?? 0n);
}
