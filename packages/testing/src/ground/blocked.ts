import type { Sql } from "@tessera/postgres/pool.ts";

const WAITING = `
  select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;

/** Ends the connections whose statements wait for a lock, on all servers. */
export async function endBlocked(sql: Sql): Promise<void> {
  const ending = `
    select count(pg_terminate_backend(pid)) from pg_stat_activity
    where wait_event_type = 'Lock' and datname = current_database()`;
  if (await isCluster(sql)) await sql`select run_command_on_all_nodes(${ending})`;
  else await sql.unsafe(ending);
}

async function isCluster(sql: Sql): Promise<boolean> {
  const found = await sql`select 1 from pg_proc where proname = 'run_command_on_all_nodes'`;
  return found.length > 0;
}

/** How many statements that begin so wait for a lock; on a cluster, where any server may be the one that waits, while one runs. */
export async function blocked(sql: Sql, beginning = ""): Promise<number> {
  const begins = sql`datname = current_database() and starts_with(ltrim(query, E' \n'), ${beginning})`;
  if (!(await isCluster(sql)))
    return countOf(
      await sql`
    select count(*) from pg_stat_activity where wait_event_type = 'Lock' and ${begins}`,
    );
  const running = await sql`
    select 1 from pg_stat_activity where state = 'active' and pid <> pg_backend_pid() and ${begins}`;
  if (running.length === 0) return 0;
  return countOf(
    await sql`select sum(result::bigint)::bigint as count from run_command_on_all_nodes(${WAITING})`,
  );
}

function countOf([row]: { count?: bigint }[]): number {
  return Number(row?.count ?? 0n);
}
