import { testDatabase } from "@tessera/testing/database.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connectPool, type Sql } from "./pool.ts";
import { readPrimary, readReplica } from "./read-replica.ts";

const WAIT = { timeout: 60_000 };
const LOG = { warn: () => {}, info: () => {} };

let database: Awaited<ReturnType<typeof testDatabase>>;
let replica: Sql;

/** The same server plays the replica: what it says of its replay stands in a table. */
beforeAll(async () => {
  database = await testDatabase();
  const { sql, url } = database;
  await sql`create schema played`;
  await sql`create table played.replay (position pg_lsn)`;
  await sql`insert into played.replay values ('0/0')`;
  await sql`create function played.pg_is_in_recovery() returns boolean language sql as 'select true'`;
  await sql`create function played.pg_last_wal_replay_lsn() returns pg_lsn language sql
    as 'select position from played.replay'`;
  replica = connectPool(url, { applicationName: "replica", settings: { search_path: "played, pg_catalog" } });
});

afterAll(async () => {
  await replica.end();
  await database.drop();
});

const replayed = (position: string) =>
  database.sql`update played.replay set position = ${position}::text::pg_lsn`;

test("a replica is read from while it has replayed what the primary had written, and no longer", {
  timeout: 180_000,
}, async () => {
  const reading = readReplica(database.sql, replica, LOG);
  expect(reading.sql()).toBe(database.sql);
  await replayed("FFFFFFFF/0");
  await expect.poll(() => reading.sql() === replica, WAIT).toBe(true);
  await replayed("0/0");
  await expect.poll(() => reading.sql() === database.sql, WAIT).toBe(true);
  await replayed("FFFFFFFF/0");
  await expect.poll(() => reading.sql() === replica, WAIT).toBe(true);
  await reading.stop();
});

test("a replica that is gone is not read from, and a server that replays nothing is the primary itself", async () => {
  const gone = connectPool("postgres://nobody@127.0.0.1:1/none", { applicationName: "gone", waitMs: 100 });
  const without = readReplica(database.sql, gone, LOG);
  const same = connectPool(database.url, { applicationName: "same" });
  const withItself = readReplica(database.sql, same, LOG);
  await expect.poll(() => withItself.sql() === same, WAIT).toBe(true);
  expect(without.sql()).toBe(database.sql);
  await Promise.all([without.stop(), withItself.stop()]);
  await Promise.all([gone.end(), same.end()]);
  expect(readPrimary(database.sql).sql()).toBe(database.sql);
});
