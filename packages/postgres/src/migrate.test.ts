import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type TestDatabase, testDatabase } from "@tessera/testing/database.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { migrate } from "./migrate.ts";
import { connectPool } from "./pool.ts";

let database: TestDatabase;
let path: string;
let folder: URL;

beforeEach(async () => {
  database = await testDatabase();
  path = await mkdtemp(join(tmpdir(), "tessera-migrations-"));
  folder = pathToFileURL(path);
  await write("0001_first.sql", "create table first (id int); insert into first values (1);");
  await write("0002_second.sql", "create table second (id int);");
});

afterEach(async () => {
  await database.drop();
  await rm(path, { recursive: true });
});

const write = (name: string, text: string) => writeFile(join(path, name), text);

test("a new database gets every migration in order, and nothing the second time", async () => {
  expect(await migrate(database.sql, folder)).toEqual(["0001_first.sql", "0002_second.sql"]);
  expect(await migrate(database.sql, folder)).toEqual([]);
});

test("two processes at once run each migration once", async () => {
  await write("0003_slow.sql", "select pg_sleep(0.2); create table third (id int);");
  const other = connectPool(database.url, { applicationName: "other" });
  const ran = await Promise.all([
    migrate(database.sql, folder),
    migrate(other, folder),
    migrate(other, folder),
  ]);
  await other.end();
  expect(ran.flat().sort()).toEqual(["0001_first.sql", "0002_second.sql", "0003_slow.sql"]);
  expect(await database.sql`select id from first`).toHaveLength(1);
});

test("a migration that fails leaves nothing, keeps those before it, and can be put right", async () => {
  await write("0003_broken.sql", "create table third (id int); select 1 / 0;");
  await expect(migrate(database.sql, folder)).rejects.toThrow("division by zero");
  const [left] = await database.sql`select to_regclass('second') as second, to_regclass('third') as third`;
  expect(left).toEqual({ second: "second", third: null });
  await write("0003_broken.sql", "create table third (id int);");
  expect(await migrate(database.sql, folder)).toEqual(["0003_broken.sql"]);
});

test("a file that has changed since it was run is refused", async () => {
  await migrate(database.sql, folder);
  await write("0001_first.sql", "create table first (id bigint);");
  await expect(migrate(database.sql, folder)).rejects.toThrow(
    "Migration 0001_first.sql has changed since it was run",
  );
});

test("other line ends are no change", async () => {
  await write("0003_lines.sql", "create table third (id int);\n");
  await migrate(database.sql, folder);
  await write("0003_lines.sql", "create table third (id int);\r\n");
  expect(await migrate(database.sql, folder)).toEqual([]);
});

test("a missing number is refused before anything is run", async () => {
  await write("0004_fourth.sql", "create table fourth (id int);");
  await expect(migrate(database.sql, folder)).rejects.toThrow("0004_fourth.sql does not follow number 2");
  const [left] = await database.sql`select to_regclass('first') as first`;
  expect(left?.first).toBeNull();
});

test("another file under a number that was run is refused", async () => {
  await migrate(database.sql, folder);
  await rm(join(path, "0002_second.sql"));
  await write("0002_other.sql", "create table other (id int);");
  await expect(migrate(database.sql, folder)).rejects.toThrow("the folder has 0002_other.sql in its place");
});

test("old code beside a newer database finds nothing to do", async () => {
  await migrate(database.sql, folder);
  await rm(join(path, "0002_second.sql"));
  expect(await migrate(database.sql, folder)).toEqual([]);
});

test("a name out of the pattern is refused", async () => {
  await write("0003-Third.sql", "select 1;");
  await expect(migrate(database.sql, folder)).rejects.toThrow("must be called like 0001_what_it_does.sql");
});

test("what a migration sets for itself does not outlive it", async () => {
  const [before] = await database.sql`show lock_timeout`;
  await migrate(database.sql, folder);
  const [after] = await database.sql`show lock_timeout`;
  expect(after).toEqual(before);
});
