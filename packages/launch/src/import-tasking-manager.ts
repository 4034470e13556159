// Takes a project over from a HOT Tasking Manager, with its tasks:
// `TESSERA_TOKEN=… npm run import-tasking-manager SOURCE PROJECT TASKS`, where SOURCE is what that
// Tasking Manager is called here ("tasks.hotosm.org"), and the others are files, or addresses of its API
// (`…/api/v2/projects/4210/` and `…/api/v2/projects/4210/tasks/`).
import { readFile } from "node:fs/promises";
import { DEFAULT_PORTS } from "./ports.ts";
import { restClient } from "./rest-client.ts";
import { importTaskingManager } from "./tasking-manager-import.ts";

const [source, project, tasks] = process.argv.slice(2);
const token = process.env.TESSERA_TOKEN;
if (source === undefined || project === undefined || tasks === undefined || token === undefined) {
  console.error("usage: TESSERA_TOKEN=… import-tasking-manager.ts SOURCE PROJECT TASKS");
  process.exit(2);
}
const client = restClient(process.env.TESSERA_URL ?? `http://127.0.0.1:${DEFAULT_PORTS.gateway}`, token);
const taken = await importTaskingManager(client, source, await textOf(project), await textOf(tasks));
console.log(`project ${taken.projectId}, ${taken.tasks} tasks made`);
for (const { field, description } of taken.skipped) console.log(`left out: ${field}: ${description}`);

async function textOf(where: string): Promise<string> {
  if (!/^https?:/.test(where)) return readFile(where, "utf8");
  const response = await fetch(where);
  if (!response.ok) throw new Error(`${where} answered ${response.status}`);
  return response.text();
}
