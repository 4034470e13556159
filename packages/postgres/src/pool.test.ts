import { setTimeout as sleep } from "node:timers/promises";
import { type TestDatabase, testDatabase } from "@tessera/testing/database.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { databaseFailure } from "./database-failure.ts";
import { connectPool } from "./pool.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
  await database.sql`create table note (id bigint primary key, text text)`;
});

afterAll(() => database.drop());

const failureOf = (work: Promise<unknown>) => work.then(() => "none", databaseFailure);
const notes = async () => (await database.sql<{ id: bigint }[]>`select id from note`).map(({ id }) => id);

test("int8 is a bigint, timestamptz a Date, and lists go both ways", async () => {
  const [row] = await database.sql`
    select
      9007199254740993::int8 as big,
      '2026-01-02T03:04:05Z'::timestamptz as time,
      ${[1n, 2n]}::int8[] as bigs,
      ${["a,b", "c"]}::text[] as texts,
      ${[true, false]}::bool[] as flags,
      ${[new Date(0)]}::timestamptz[] as times,
      ${database.sql.json({ a: [1] })}::jsonb as json,
      ${database.sql.array(["x"])} as array`;
  expect(row).toEqual({
    big: 9007199254740993n,
    time: new Date("2026-01-02T03:04:05Z"),
    bigs: [1n, 2n],
    texts: ["a,b", "c"],
    flags: [true, false],
    times: [new Date(0)],
    json: { a: [1] },
    array: ["x"],
  });
});

test("fragments, identifiers and rows are built into a statement", async () => {
  const { sql } = database;
  await sql`insert into note ${sql([
    { id: 100n, text: "a" },
    { id: 101n, text: "b" },
  ])}`;
  const some = sql`id >= ${100n}`;
  expect(await sql`select ${sql("text")} from note where ${some} order by id`).toEqual([
    { text: "a" },
    { text: "b" },
  ]);
  await sql`delete from note`;
});

test("a transaction is kept whole or not at all", async () => {
  await database.sql.begin((sql) => sql`insert into note values (1, 'kept')`);
  const failing = database.sql.begin(async (sql) => {
    await sql`insert into note values (2, 'lost')`;
    throw new Error("changed my mind");
  });
  await expect(failing).rejects.toThrow("changed my mind");
  expect(await notes()).toEqual([1n]);
  await database.sql`delete from note`;
});

test("a transaction in which a failed statement was caught is no success", async () => {
  const caught = database.sql.begin(async (sql) => {
    await sql`insert into note values (3, 'lost')`;
    await sql`select 1 / 0`.catch(() => "ignored");
  });
  await expect(caught).rejects.toThrow("Nothing was committed");
  expect(await notes()).toEqual([]);
});

test("nothing is written outside of a transaction whose connection broke", async () => {
  const broken = database.sql.begin(async (sql) => {
    const [row] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
    await database.sql`select pg_terminate_backend(${row?.pid ?? 0})`;
    await expect
      .poll(() => database.sql`select from pg_stat_activity where pid = ${row?.pid ?? 0}`.execute())
      .toHaveLength(0);
    await sql`insert into note values (4, 'astray')`;
  });
  expect(await failureOf(broken)).toBe("unavailable");
  expect(await notes()).toEqual([]);
});

test("a statement in flight on a connection that breaks fails as unavailable, and the pool still works", async () => {
  const slow = failureOf(database.sql`select pg_sleep(5)`);
  const terminate = () => database.sql`
    select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep(5)%' and pid <> pg_backend_pid()`;
  for (let tries = 0; tries < 100 && (await terminate()).length === 0; tries++) await sleep(20);
  expect(await slow).toBe("unavailable");
  expect(await database.sql`select 1 as one`).toEqual([{ one: 1 }]);
});

test("a transaction's SQL cannot be used after its end", async () => {
  const late = await database.sql.begin(async (sql) => () => sql`insert into note values (5, 'late')`);
  await expect(late()).rejects.toThrow("after its transaction had ended");
  expect(await notes()).toEqual([]);
});

test("the server ends statements and waits for locks at their limits", async () => {
  const sql = connectPool(database.url, {
    applicationName: "limits",
    statementTimeoutMs: 200,
    lockTimeoutMs: 100,
  });
  expect(await failureOf(sql`select pg_sleep(5)`)).toBe("timeout");
  await sql.begin(async (holder) => {
    await holder`lock table note`;
    expect(await failureOf(sql`insert into note values (6, 'blocked')`)).toBe("timeout");
  });
  await sql.begin({ statementTimeoutMs: 2_000 }, (patient) => patient`select pg_sleep(0.4)`);
  await sql.end();
});

test("callers beyond the connections wait in a bounded queue for a bounded time", async () => {
  const sql = connectPool(database.url, { applicationName: "small", max: 1, maxWaiting: 2, waitMs: 150 });
  await sql`select 1`;
  const first = sql`select pg_sleep(0.4)`.execute();
  await sleep(0);
  const waiting = [failureOf(sql`select 1`), failureOf(sql`select 2`)];
  await sleep(0);
  await expect(sql`select 3`).rejects.toThrow("2 callers already wait for a connection");
  expect(await Promise.all(waiting)).toEqual(["unavailable", "unavailable"]);
  await first;
  await sql.end();
});

test("closing waits for what runs, and then nobody is served", async () => {
  const sql = connectPool(database.url, { applicationName: "closing" });
  const running = sql`select pg_sleep(0.2), 1 as one`.execute();
  await sleep(0);
  await sql.end();
  expect((await running)[0]?.one).toBe(1);
  expect(await failureOf(sql`select 1`)).toBe("unavailable");
});

test("without prepared statements and settings it works as pgbouncer needs it", async () => {
  const sql = connectPool(database.url, { applicationName: "bouncer", pgbouncer: true });
  expect(await sql`select ${1}::int as one, current_setting('statement_timeout') as timeout`).toEqual([
    { one: 1, timeout: "0" },
  ]);
  expect(await sql`select from pg_prepared_statements`).toHaveLength(0);
  await sql.end();
});
