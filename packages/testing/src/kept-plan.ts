import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";

/** Number of rows that a table gets after its statements are planned. */
export const ROWS = 20_000;

interface Prepared {
  name: string;
  parameters: number;
  runs: bigint;
}

/**
 * The plans of what `run` sends, as a session keeps them that planned them before `fill`. Nothing analyzes the tables in
 * between, and all of it is rolled back.
 */
export async function keptPlans(
  sql: Sql,
  run: (sql: Sql) => Promise<unknown>,
  fill: (sql: TransactionSql) => Promise<unknown>,
): Promise<string[]> {
  const plans: string[] = [];
  const done = new Error("rolled back");
  await sql
    .begin(async (tx) => {
      await tx`select set_config('plan_cache_mode', 'force_generic_plan', true)`;
      await tx.unsafe("discard plans");
      const before = new Map((await prepared(tx)).map(({ name, runs }) => [name, runs]));
      await run(tx as unknown as Sql);
      const statements = (await prepared(tx)).filter(({ name, runs }) => runs !== before.get(name));
      await fill(tx);
      for (const statement of statements) plans.push(await planOf(tx, statement));
      throw done;
    })
    .catch((error: unknown) => {
      if (error !== done) throw error;
    });
  return plans;
}

/** The fewest rows of requests that are there when autovacuum looks at them: each counts twice, as it is added and completed. */
export async function fewestAnalyzed(sql: Sql): Promise<number> {
  const [row] = await sql<{ threshold: number }[]>`
    select min(coalesce(own.option_value, current_setting(name))::integer) as threshold
    from unnest(array['autovacuum_analyze_threshold', 'autovacuum_vacuum_threshold']) as name
    left join (
      select (pg_options_to_table(reloptions)).* from pg_class where relname = 'remembered_requests'
    ) own on own.option_name = name`;
  return Math.floor((row?.threshold ?? 0) / 2);
}

/** Adds requests that took effect. */
export function remember(tx: TransactionSql, rows: number): Promise<unknown> {
  return tx`
    insert into remembered_requests (project_id, caller, request_id, digest, name, revision, commit_time, response)
    select 1, place % 100, 'request-' || place, sha256(place::text::bytea), 'projects/1', 1, clock_timestamp(), ''
    from generate_series(1, ${rows}) as place`;
}

function prepared(tx: TransactionSql): Promise<Prepared[]> {
  return tx<Prepared[]>`
    select name, cardinality(parameter_types) as parameters, generic_plans + custom_plans as runs
    from pg_prepared_statements where statement not like '%pg_prepared_statements%'`;
}

async function planOf(tx: TransactionSql, { name, parameters }: Prepared): Promise<string> {
  const values = parameters === 0 ? "" : `(${Array(parameters).fill("null").join(", ")})`;
  const lines = await tx.unsafe<{ "QUERY PLAN": string }[]>(`explain execute "${name}"${values}`);
  return lines.map((line) => line["QUERY PLAN"]).join("\n");
}
