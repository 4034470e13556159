import { testKeptPlans } from "@tessera/testing/kept-plan.ts";
import { MIGRATIONS } from "./migrations.ts";
import { sessionStore } from "./sessions/store.ts";

testKeptPlans(MIGRATIONS, ["users", "sessions"], {
  finds: "users and sessions",
  run: (sql) => sessionStore(sql).standing({ userId: 7n, sessionId: "0c5f1bd0-0000-4000-8000-000000000007" }),
  keys: ["users_pkey", "sessions_pkey"],
});
