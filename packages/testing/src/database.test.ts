import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testDatabase } from "./database.ts";

let path: string;

beforeAll(async () => {
  path = await mkdtemp(join(tmpdir(), "tessera-migrations-"));
});

afterAll(() => rm(path, { recursive: true }));

test("each caller has a migrated database of its own", async () => {
  await writeFile(join(path, "0001_note.sql"), "create table note (id int)");
  const [one, other] = await Promise.all([
    testDatabase(pathToFileURL(path)),
    testDatabase(pathToFileURL(path)),
  ]);
  await one.sql`insert into note values (1)`;
  expect(await one.sql`select id from note`).toEqual([{ id: 1 }]);
  expect(await other.sql`select id from note`).toEqual([]);
  await Promise.all([one.drop(), other.drop()]);
  await expect(one.sql`select 1`).rejects.toThrow("has closed its connections");
});

test("a migration that fails says so to everyone who asks, until it is put right", async () => {
  const folder = await mkdtemp(join(path, "broken-"));
  await writeFile(join(folder, "0001_broken.sql"), "select 1 / 0");
  await expect(testDatabase(pathToFileURL(folder))).rejects.toThrow("division by zero");
  await expect(testDatabase(pathToFileURL(folder))).rejects.toThrow("division by zero");
  await writeFile(join(folder, "0001_broken.sql"), "create table mended (id int)");
  const database = await testDatabase(pathToFileURL(folder));
  expect(await database.sql`select from mended`).toEqual([]);
  await database.drop();
});
