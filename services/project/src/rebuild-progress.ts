// Forgets the progress of all projects, which is then counted again from the start of the feed of tasks:
// `node src/rebuild-progress.ts`. A running service notices by itself.
import { connectPool } from "@tessera/postgres/pool.ts";
import { readEnvironment, url } from "@tessera/runtime/environment.ts";
import { z } from "zod";
import { rebuildProgress } from "./store/progress-store.ts";

const { DATABASE_URL } = readEnvironment(z.object({ DATABASE_URL: url }));
const sql = connectPool(DATABASE_URL, { applicationName: "project-rebuild-progress", max: 1 });
try {
  await rebuildProgress(sql);
  console.log("project: progress is counted again");
} finally {
  await sql.end({ timeout: 5 });
}
