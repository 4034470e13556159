// Distributes the tables of the database at DATABASE_URL, the coordinator of a Citus cluster: `node src/distribute.ts`, after the
// migrations. See docs/scaling.md.
import { distribute } from "@tessera/postgres/distribute.ts";
import { onDatabase } from "@tessera/postgres/open-database.ts";

await onDatabase("task-distribute", async (sql) => {
  await distribute(sql, new URL("../distributed/distribute.sql", import.meta.url));
  console.log("task: the tables are distributed");
});
