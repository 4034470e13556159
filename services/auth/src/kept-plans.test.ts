import { recall } from "@tessera/postgres/requests.ts";
import { type TestDatabase, testDatabase } from "@tessera/testing/database.ts";
import { fewestAnalyzed, keptPlans, ROWS, remember } from "@tessera/testing/kept-plan.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { MIGRATIONS } from "./migrations.ts";
import { sessionStore } from "./sessions/store.ts";

const WHOLE = /Seq Scan on (remembered_requests|users|sessions)\b/;
const KEY = { projectId: 1, caller: "7", requestId: "request-7", digest: Buffer.alloc(32) };
let database: TestDatabase;

beforeEach(async () => {
  database = await testDatabase(MIGRATIONS);
});
afterEach(() => database.drop());

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

test("a plan that is made on empty tables finds users and sessions by key when there are many", async () => {
  const plans = await keptPlans(
    database.sql,
    (sql) => sessionStore(sql).standing({ userId: 7n, sessionId: "0c5f1bd0-0000-4000-8000-000000000007" }),
    async () => {},
  );
  expect(plans.join("\n")).toContain("users_pkey");
  expect(plans.join("\n")).toContain("sessions_pkey");
  expect(plans.join("\n")).not.toMatch(WHOLE);
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
