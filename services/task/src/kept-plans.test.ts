import { testKeptPlans } from "@tessera/testing/kept-plan.ts";
import { MIGRATIONS } from "./migrations.ts";
import { readTask } from "./tasks/read-store.ts";

testKeptPlans(MIGRATIONS, ["tasks", "lock_slots"], {
  finds: "request, task and slots",
  run: (sql, key) => readTask(sql)({ key, taskId: 7, holder: 7n, purpose: 1 }),
  keys: ["remembered_requests_pkey", "tasks_pkey", "lock_slots_pkey"],
});
