import { recall } from "@tessera/postgres/requests.ts";
import { type TestDatabase, testDatabase } from "@tessera/testing/database.ts";
import { fewestAnalyzed, keptPlans, ROWS, remember } from "@tessera/testing/kept-plan.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { MIGRATIONS } from "./migrations.ts";
import { readTask } from "./tasks/read-task.ts";

const WHOLE = /Seq Scan on (remembered_requests|tasks|lock_slots)\b/;
const KEY = { projectId: 1, caller: "7", requestId: "request-7", digest: Buffer.alloc(32) };
let database: TestDatabase;

beforeEach(async () => {
  database = await testDatabase(MIGRATIONS);
});
afterEach(() => database.drop());

test("a plan that is made on empty tables finds request, task and slots by key when there are many", async () => {
  const plans = await keptPlans(
    database.sql,
    (sql) => readTask(sql)({ key: KEY, taskId: 7, holder: 7n, purpose: 1 }),
    (tx) => remember(tx, ROWS),
  );
  for (const key of ["remembered_requests_pkey", "tasks_pkey", "lock_slots_pkey"]) {
    expect(plans.join("\n")).toContain(key);
  }
  expect(plans.join("\n")).not.toMatch(WHOLE);
});

test("a plan that is made on empty tables finds requests by key when there are many", async () => {
  const [plan, ...others] = await keptPlans(
    database.sql,
    (sql) => recall(sql, KEY),
    (tx) => remember(tx, ROWS),
  );
  expect(others).toEqual([]);
  expect(plan).toContain("remembered_requests_pkey");
  expect(plan).not.toMatch(WHOLE);
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
  expect(plan).toContain("remembered_requests_pkey");
});
