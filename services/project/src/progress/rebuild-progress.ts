// Forgets the progress of all projects, which is then counted again from the start of the feed of tasks:
// `node src/progress/rebuild-progress.ts`. A running service notices by itself.
import { onDatabase } from "@tessera/postgres/open-database.ts";
import { rebuildProgress } from "./store.ts";

await onDatabase("project-rebuild-progress", async (sql) => {
  await rebuildProgress(sql);
  console.log("project: progress is counted again");
});
