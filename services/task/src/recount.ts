// Counts the statistics of the database at DATABASE_URL again from the whole history, and lists where they differ:
// `node src/recount.ts`. With --mend it writes what it counted.
import { parseArgs } from "node:util";
import { onDatabase } from "@tessera/postgres/open-database.ts";
import { recount } from "./statistics/recount-store.ts";

const { values } = parseArgs({ options: { mend: { type: "boolean", default: false } } });

await onDatabase("task-recount", async (sql) => {
  const { differences, listed } = await recount(sql, values);
  for (const { table, key, kept, counted } of listed)
    console.log(`${table} ${key}: kept ${kept ?? "nothing"}, counted ${counted ?? "nothing"}`);
  console.log(`task: ${differences} differences${values.mend && differences > 0 ? ", mended" : ""}`);
  if (differences > 0 && !values.mend) process.exitCode = 1;
});
