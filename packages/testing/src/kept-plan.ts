import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import { recall } from "@tessera/postgres/requests.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type TestDatabase, testDatabase } from "./database.ts";

/** Number of rows that a table gets after its statements are planned. */
export const ROWS = 20_000;
const KEY = { projectId: 1, caller: "7", requestId: "request-7", digest: Buffer.alloc(32) };
const REQUESTS_KEY = "remembered_requests_pkey";

/** Statements of a service that must find their rows by key. */
export interface KeyedRead {
  /** What they find, as the title of the test says it. */
  finds: string;
  run: (sql: Sql, key: typeof KEY) => Promise<unknown>;
  /** The indexes that their plans use. */
  keys: readonly string[];
}

/**
 * Registers the tests of a service's kept plans: a session that planned `read`, or the recall of a request, on empty
 * tables still finds rows by key when there are many. `tables` are those that no plan may read whole.
 */
export function testKeptPlans(migrations: URL, tables: readonly string[], read: KeyedRead): void {
  const whole = new RegExp(`Seq Scan on (${["remembered_requests", ...tables].join("|")})\\b`);
  let database: TestDatabase;

  beforeEach(async () => {
    database = await testDatabase(migrations);
  });
  afterEach(() => database.drop());

  test(`a plan that is made on empty tables finds ${read.finds} by key when there are many`, async () => {
    const plans = await keptPlans(
      database.sql,
      (sql) => read.run(sql, KEY),
      (tx) => remember(tx, ROWS),
    );
    for (const key of read.keys) expect(plans.join("\n")).toContain(key);
    expect(plans.join("\n")).not.toMatch(whole);
  });

  test("a plan that is made on empty tables finds requests by key when there are many", async () => {
    const [plan, ...others] = await keptPlans(
      database.sql,
      (sql) => recall(sql, KEY),
      (tx) => remember(tx, ROWS),
    );
    expect(others).toEqual([]);
    expect(plan).toContain(REQUESTS_KEY);
    expect(plan).not.toMatch(whole);
  });

  test("requests are analyzed only when there are enough for an index to be cheaper", async () => {
    const rows = await fewestAnalyzed(database.sql);
    await database.sql.begin((tx) => remember(tx, rows));
    await database.sql`analyze remembered_requests`;
    const [plan] = await keptPlans(
      database.sql,
      (sql) => recall(sql, KEY),
      async () => {},
    );
    expect(plan).toContain(REQUESTS_KEY);
  });
}

interface Prepared {
  name: string;
  parameters: number;
  runs: bigint;
}

/**
 * The plans of what `run` sends, as a session keeps them that planned them before `fill`. Nothing analyzes the tables in
 * between, and all of it is rolled back.
 */
async function keptPlans(
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
async function fewestAnalyzed(sql: Sql): Promise<number> {
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
