import { randomBytes } from "node:crypto";
import postgres from "postgres";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createDatabase } from "./create-database.ts";

const adminUrl = inject("adminUrl");
const name = `created_${randomBytes(6).toString("hex")}`;
let admin: postgres.Sql;

beforeAll(() => {
  admin = postgres(adminUrl, { max: 1, onnotice: () => {} });
});

afterAll(async () => {
  await admin`drop database if exists ${admin(name)}`;
  await admin.end();
});

test("of several who create the same database at once, one does and none fails", async () => {
  const made = await Promise.all(Array.from({ length: 5 }, () => createDatabase(adminUrl, name)));
  expect(made.filter(Boolean)).toHaveLength(1);
  expect(await createDatabase(adminUrl, name)).toBe(false);
  expect(await admin`select from pg_database where datname = ${name}`).toHaveLength(1);
});

test.each(["", "Big", 'a"b', "a-b", "1a", "a".repeat(64)])("the name %j is refused", async (bad) => {
  await expect(createDatabase(adminUrl, bad)).rejects.toThrow("cannot be called");
});
