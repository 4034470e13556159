// `npm run demo`: the main job on a real area, through the gateway. Uses the system that `npm start` runs, or starts one;
// `npm run demo -- --url http://127.0.0.1:9000` uses the one that is there.
import { mkdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { countryArea } from "./demo-area.ts";
import { DEFAULT_PORTS, takenPorts } from "./ports.ts";
import { Problem, type RestClient, restClient } from "./rest-client.ts";
import { startSystem } from "./system.ts";
import { type TaskFeature, taskMap } from "./task-map.ts";

const { values } = parseArgs({ options: { url: { type: "string" } } });
const given = values.url ?? (process.env.TESSERA_URL || undefined);
const URL_OF_GATEWAY = (given ?? `http://127.0.0.1:${DEFAULT_PORTS.gateway}`).replace(/\/$/, "");
const COUNTRY = "Comoros";
const ZOOM = 14;
const MAPPERS = 12;
const OUTPUT = "demo/map.svg";

const running = given !== undefined || (await takenPorts(DEFAULT_PORTS)).length > 0;
if (!running) console.log("Nothing is running: starting Tessera in data/ …");
const system = running ? undefined : await startSystem("data", DEFAULT_PORTS);
try {
  await job();
} finally {
  await system?.stop();
}

async function job(): Promise<void> {
  const anybody = restClient(URL_OF_GATEWAY);
  const signIn = async (name: string): Promise<RestClient> => {
    const { body } = await anybody<{ access_token: string }>("POST", "sessions", { name });
    return restClient(URL_OF_GATEWAY, body.access_token);
  };
  const administrator = await signIn("administrator");
  const validator = await signIn("validator");
  const mappers = await Promise.all(
    Array.from({ length: MAPPERS }, (_, index) => signIn(`mapper-${index + 1}`)),
  );
  say(`signed in: an administrator, a validator, ${MAPPERS} mappers`);
  await Promise.all(mappers.map(letGo));

  const projectId = await prepare(administrator);
  const events = await watch(projectId);
  await race(projectId, mappers);
  await map(projectId, mappers);
  await validate(projectId, validator);
  await Promise.all(
    mappers.slice(0, 5).map((mapper, index) => attempt(lock(mapper, projectId, 300 + index, "MAPPING"))),
  );

  const { body: progress } = await anybody<Record<string, number>>("GET", `projects/${projectId}/progress`);
  say(
    `progress: ${rounded(progress.mapped_percent)} % mapped, ${rounded(progress.validated_percent)} % validated, ${progress.locked_count} tasks locked`,
  );
  say(`the feed published ${events.stop()} events in this time`);
  await draw(projectId);
  const where = running ? "" : " (start the system with npm start first)";
  say(`the project's page: ${URL_OF_GATEWAY}/v1/projects/${projectId}${where}`);
}

/** Nobody holds two tasks at once: what an earlier run left locked is let go. */
async function letGo(mapper: RestClient): Promise<void> {
  const { body } = await mapper<{ locks: { project_id: number; task_id: number }[] }>(
    "GET",
    "users/me/locks",
  );
  for (const { project_id, task_id } of body.locks)
    await attempt(mapper("DELETE", `projects/${project_id}/tasks/${task_id}/lock`));
}

/** An area becomes a project, is cut into tasks, and is published. */
async function prepare(administrator: RestClient): Promise<number> {
  const project = {
    name: `${COUNTRY}: buildings`,
    instructions: "Trace every building.",
    area: countryArea(COUNTRY),
  };
  const created = await administrator<{ project_id: number; area_square_kilometres: number }>(
    "POST",
    "projects",
    project,
  );
  const { project_id: projectId, area_square_kilometres: size } = created.body;
  say(`projects/${projectId}: ${COUNTRY}, ${Math.round(size)} km², a draft`);
  const cut = await administrator<{ name: string; done_count: number }>(
    "POST",
    `projects/${projectId}/tasks`,
    { zoom: ZOOM },
    { prefer: "wait=20" },
  );
  say(`${cut.body.name}: ${cut.body.done_count} squares at zoom ${ZOOM}, clipped to the border`);
  await administrator(
    "PATCH",
    `projects/${projectId}`,
    { status: "PROJECT_STATUS_PUBLISHED" },
    { "if-match": created.etag ?? "" },
  );
  say(`projects/${projectId}: published`);
  return projectId;
}

/** All mappers want the same task at once. */
async function race(projectId: number, mappers: RestClient[]): Promise<void> {
  const outcomes = await Promise.all(mappers.map((mapper) => attempt(lock(mapper, projectId, 1, "MAPPING"))));
  const refusal = outcomes.find((it) => it instanceof Problem);
  say(
    `${MAPPERS} mappers ask for task 1 at once: ${outcomes.filter((it) => !(it instanceof Problem)).length} gets it, the others read`,
  );
  say(
    `  ${refusal?.document.status} ${refusal?.document.title} ${JSON.stringify(refusal?.document.metadata)}`,
  );
  await Promise.all(mappers.map((mapper) => attempt(mapper("DELETE", `projects/${projectId}/tasks/1/lock`))));
}

/** Each mapper locks and hands in one task after the other. */
async function map(projectId: number, mappers: RestClient[]): Promise<void> {
  const until = 250;
  await Promise.all(
    mappers.map(async (mapper, index) => {
      for (let taskId = 1 + index; taskId <= until; taskId += mappers.length) {
        const { body } = await lock(mapper, projectId, taskId, "MAPPING");
        const result = taskId % 17 === 0 ? "BAD_IMAGERY" : "MAPPED";
        await submit(mapper, projectId, taskId, body.token, result);
      }
    }),
  );
  say(`${until} tasks locked, mapped and handed in by ${mappers.length} mappers`);
}

async function validate(projectId: number, validator: RestClient): Promise<void> {
  const until = 150;
  for (let taskId = 1; taskId <= until; taskId++) {
    if (taskId % 17 === 0) continue;
    const { body } = await lock(validator, projectId, taskId, "VALIDATION");
    await submit(validator, projectId, taskId, body.token, taskId % 9 === 0 ? "INVALIDATED" : "VALIDATED");
  }
  say(`the validator checked tasks 1 to ${until}, and sent every ninth back`);
}

function lock(who: RestClient, projectId: number, taskId: number, purpose: string) {
  const body = { purpose: `LOCK_PURPOSE_${purpose}` };
  return who<{ token: string }>("PUT", `projects/${projectId}/tasks/${taskId}/lock`, body);
}

function submit(who: RestClient, projectId: number, taskId: number, token: string, result: string) {
  const body = { lock_token: token, result: `SUBMISSION_RESULT_${result}` };
  return who("POST", `projects/${projectId}/tasks/${taskId}/submissions`, body, { prefer: "return=minimal" });
}

/** Follows the project's events, as a web page would. */
async function watch(projectId: number): Promise<{ stop(): number }> {
  const controller = new AbortController();
  const headers = { accept: "text/event-stream" };
  const options = { headers, signal: controller.signal };
  const { body } = await fetch(`${URL_OF_GATEWAY}/v1/projects/${projectId}/task-events`, options);
  let count = -1;
  void (async () => {
    for await (const text of body?.pipeThrough(new TextDecoderStream()) ?? [])
      count += text.split("\ndata: ").length - 1;
  })().catch(() => {});
  return {
    stop: () => {
      controller.abort();
      return count;
    },
  };
}

async function draw(projectId: number): Promise<void> {
  const response = await fetch(`${URL_OF_GATEWAY}/v1/projects/${projectId}/tasks?f=geojson`);
  const { features } = (await response.json()) as { features: TaskFeature[] };
  mkdirSync("demo", { recursive: true });
  writeFileSync(OUTPUT, taskMap(`${COUNTRY}, project ${projectId}`, features));
  say(`${OUTPUT}: the task map, ${features.length} tasks by state`);
}

/** The reply, or the problem that was answered instead. */
async function attempt<T>(call: Promise<T>): Promise<T | Problem> {
  return call.catch((error: unknown) => {
    if (error instanceof Problem) return error;
    throw error;
  });
}

function rounded(value = 0): string {
  return value.toFixed(1);
}

function say(line: string): void {
  console.log(`${new Date().toISOString().slice(11, 23)}  ${line}`);
}
