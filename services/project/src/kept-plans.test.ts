import { testKeptPlans } from "@tessera/testing/kept-plan.ts";
import { accessStore } from "./access/store.ts";
import { MIGRATIONS } from "./migrations.ts";

testKeptPlans(MIGRATIONS, ["projects"], {
  finds: "projects",
  run: (sql) => accessStore(sql).of([{ projectId: 7, userId: 7n }]),
  keys: ["projects_pkey"],
});
