import { type TestDatabase, testDatabase } from "@tessera/testing/database.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { faultsOf, refuseUnsafe } from "./durability.ts";
import { connectPool } from "./pool.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});

afterAll(() => database.drop());

const SAFE = {
  version: 150_004,
  encoding: "UTF8",
  fsync: "on",
  full_page_writes: "on",
  synchronous_commit: "on",
  standbys: "",
  recovering: false,
};

test("the database of the tests is as safe as production", async () => {
  await expect(refuseUnsafe(database.sql)).resolves.toBeUndefined();
});

test("a role for which commits do not wait for the disk is refused", async () => {
  const [row] = await database.sql<{ name: string }[]>`select current_database() as name`;
  await database.sql`alter database ${database.sql(row?.name ?? "")} set synchronous_commit to off`;
  const sql = connectPool(database.url, { applicationName: "unsafe" });
  await expect(refuseUnsafe(sql)).rejects.toThrow("synchronous_commit is off");
  await sql.end();
});

test("every fault is named at once", () => {
  const unsafe = {
    ...SAFE,
    fsync: "off",
    full_page_writes: "off",
    recovering: true,
    encoding: "LATIN1",
    version: 140_011,
  };
  expect(faultsOf(unsafe)).toEqual([
    "fsync is off",
    "full_page_writes is off",
    "it is a replica, or still recovering",
    "its encoding is LATIN1, not UTF8",
    "it is PostgreSQL 14, and 15 is the oldest that will do",
  ]);
});

test("a commit that does not wait for the standbys is refused only where there are some", () => {
  expect(faultsOf({ ...SAFE, synchronous_commit: "local" })).toEqual([]);
  expect(faultsOf({ ...SAFE, synchronous_commit: "local", standbys: "one" })).toHaveLength(1);
  expect(faultsOf({ ...SAFE, synchronous_commit: "remote_apply", standbys: "one" })).toEqual([]);
});
