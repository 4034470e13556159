import { spawnSync } from "node:child_process";
import { type TestDatabase, testDatabase } from "@tessera/testing/database.ts";
import { afterAll, beforeAll, expect, test } from "vitest";

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});

afterAll(() => database.drop());

/** A process that uses the driver's own reservation after its connection broke. */
const CALLER = `
  import postgres from "postgres";
  const closed = Promise.withResolvers();
  const sql = postgres(process.argv[1], { max: 1, onclose: closed.resolve });
  const reserved = await sql.reserve();
  await reserved\`select pg_terminate_backend(pg_backend_pid())\`.catch(() => {});
  await closed.promise;
  await reserved\`select 1\`.catch(() => {});
`;

test("the driver's own reservation still ends the process when its connection broke: why the pool is ours", () => {
  const { status, stderr } = spawnSync(
    process.execPath,
    ["--input-type=module", "-e", CALLER, database.url],
    { cwd: import.meta.dirname, encoding: "utf8", timeout: 60_000 },
  );
  expect(stderr).toMatch(/TypeError: Cannot read properties of null \(reading 'write'\)/);
  expect(status).not.toBe(0);
});
