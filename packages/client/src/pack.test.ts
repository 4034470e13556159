import { execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { promisify } from "node:util";
import { ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { startBrowser, type TestBrowser } from "@tessera/testing/browser.ts";
import { createProject, cut } from "@tessera/testing/ground/world.ts";
import { type TestSystem, testSystem } from "@tessera/testing/system.ts";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createClient, session, type TesseraClient } from "./index.ts";
import { installPacked, programsIn, README, RECIPES, ROOT } from "./testing/packed-client.ts";

const ZOOM = 11;
const run = promisify(execFile);

let folder: string;
let pages: Server;
let system: TestSystem;
let browser: TestBrowser;
let projectId: number;
let taskCount: number;
let personalAccessToken: string;
let mapper: TesseraClient;
let script = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tessera-client-"));
  pages = createServer((request, response) => {
    if (request.method === "POST") return void receive(request, response);
    const isScript = request.url === "/script.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.end(isScript ? script : "<!doctype html><script type=module src=/script.js></script>");
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => pages.once("listening", resolve));
  [system, browser] = await Promise.all([
    testSystem({ CORS_ORIGINS: origin() }),
    startBrowser(),
    installPacked(folder),
  ]);
  const admin = await system.signIn("administrator");
  projectId = await createProject(system, admin, {}, [ProjectStatus.PUBLISHED]);
  await cut(system, admin, projectId, ZOOM);
  taskCount = (await system.task.getProgress({ projectId })).progress?.taskCount ?? 0;
  const tokens = await createClient({ baseUrl: system.url }).createSession({ name: "mapper-9001" });
  mapper = createClient({ baseUrl: system.url, credentials: session(tokens) });
  const scopes = ["tasks:read", "tasks:write"];
  const made = await mapper.createPersonalAccessToken({
    name: "script",
    scopes,
    lifetime: { seconds: 86_400n },
  });
  personalAccessToken = made.personalAccessToken;
  writeFileSync(
    join(folder, "session.json"),
    JSON.stringify({ accessToken: tokens.accessToken, refreshToken: tokens.refreshToken }),
  );
});

afterAll(async () => {
  await Promise.all([browser.stop(), system.stop()]);
  pages.close();
  rmSync(folder, { recursive: true });
});

interface Received {
  key: string;
  event: { taskId?: number; kind: string; revision: string };
}
const received: Received[] = [];
let refusals = 1;

/** Keeps an event that is posted here. The first one is refused once. */
async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const event = (await json(request)) as Received["event"];
  response.statusCode = refusals-- > 0 ? 503 : 204;
  if (response.statusCode === 204)
    received.push({ key: request.headers["idempotency-key"] as string, event });
  response.end();
}

const origin = () => `http://127.0.0.1:${(pages.address() as { port: number }).port}`;

/** Writes the programs of a document, with the places and keys of this system, into the folder. */
function written(document: string, taskId: number, language: "ts" | "sh" = "ts"): Map<string, string> {
  const programs = [...programsIn(document, language)].map(([heading, code]) => {
    const path = join(folder, `${heading.toLowerCase().replaceAll(/\W+/g, "-")}-${taskId}.${language}`);
    writeFileSync(path, inPlace(code, taskId));
    return [heading, path] as const;
  });
  return new Map(programs);
}

function inPlace(code: string, taskId: number): string {
  const { auth, project, task } = system.addresses;
  return code
    .replaceAll("https://tessera.example.org", system.url)
    .replaceAll("tsra_…", personalAccessToken)
    .replaceAll("projectId: 7", `projectId: ${projectId}`)
    .replaceAll("taskId: 42", `taskId: ${taskId}`)
    .replaceAll("projects/7/tasks/42", `projects/${projectId}/tasks/${taskId}`)
    .replaceAll("projects/7", `projects/${projectId}`)
    .replaceAll("https://hooks.example.org", origin())
    .replaceAll("auth:50051", auth)
    .replaceAll("project:50051", project)
    .replaceAll("task:50051", task);
}

const SAID: [heading: string, said: () => string | RegExp][] = [
  ["Lock a task and hand it in", () => ""],
  ["Follow a project", () => /^task \d+ was handed in; resume after \S+$/],
  ["Read a list", () => `${taskCount} tasks`],
  ["Prove who calls", () => "signed in as mapper-9001"],
  ["gRPC without the gateway", () => "1 projects"],
];

/** The program of a runtime and its arguments before the file. */
const denoFolder = `@deno/${process.platform}-${process.arch}${process.platform === "linux" ? "-glibc" : ""}`;
const RUNTIMES: [name: string, taskId: number, program: string, args: string[], left: string[]][] = [
  ["Node", 1, process.execPath, [], []],
  // gRPC of connect-node is for Node.
  [
    "Deno",
    2,
    join(ROOT, "node_modules", denoFolder, "deno"),
    ["run", "--allow-all"],
    ["gRPC without the gateway"],
  ],
];

test.each(RUNTIMES)(
  "the examples of the README run in %s, from the packed client",
  async (_, taskId, ...runtime) => {
    const [program, args, left] = runtime;
    const found = written(README, taskId);
    expect([...found.keys()]).toEqual(SAID.map(([heading]) => heading));
    for (const [heading, said] of SAID.filter(([it]) => !left.includes(it))) {
      const env = { ...process.env, DENO_DIR: join(folder, "deno"), NO_COLOR: "1" };
      const path = found.get(heading) as string;
      const { stdout } = await run(program, [...args, path], { cwd: folder, env });
      expect(stdout.trim(), heading).toMatch(said());
    }
    const { submissions } = await mapper.listSubmissions({ projectId, taskId });
    expect(submissions).toHaveLength(1);
  },
);

test("the programs of the README and of the recipes have the types of the packed client", async () => {
  const strict = ["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--module", "nodenext"];
  const documents = [README, join(RECIPES, "lock-and-hand-in.md"), join(RECIPES, "follow-a-project.md")];
  const files = documents.flatMap((it) => [...written(it, 3).values()]);
  const types = ["--target", "es2023", "--lib", "es2023,dom", "--types", "node"];
  await run("tsc", [...strict, ...types, ...files], { cwd: folder }).catch(({ stdout }) =>
    expect(stdout).toBe(""),
  );
});

/** Runs a program in the folder: its exit code, and what it printed. */
function ended(program: string, ...args: string[]): Promise<{ code: number; said: string }> {
  return run(program, args, { cwd: folder }).then(
    ({ stdout }) => ({ code: 0, said: stdout.trim() }),
    ({ code, stdout }) => ({ code, said: String(stdout).trim() }),
  );
}

test("a script in TypeScript locks a task and hands it in, or releases the lock when its work fails", async () => {
  const recipe = (taskId: number) =>
    written(join(RECIPES, "lock-and-hand-in.md"), taskId).get("With the client") as string;
  expect(await ended(process.execPath, recipe(5))).toEqual({ code: 0, said: "handed in" });
  const later = [ended(process.execPath, recipe(5)), ended(process.execPath, recipe(6), "false")];
  const [again, failed] = await Promise.all(later);
  expect(again).toEqual({ code: 0, said: "not locked: TASK_STATE_NOT_LOCKABLE" });
  expect(failed).toMatchObject({ code: 1 });
  expect((await mapper.listHeldLocks({})).locks).toEqual([]);
});

test("a script with curl, where that is found, does the same", async () => {
  if ((await ended("which", "curl")).code !== 0) return console.warn("The scripts with curl did not run.");
  const path = written(join(RECIPES, "lock-and-hand-in.md"), 7, "sh").get("With curl") as string;
  expect(await ended("sh", path)).toEqual({ code: 0, said: "handed in" });
  expect(await ended("sh", path)).toEqual({ code: 1, said: "not locked: TASK_STATE_NOT_LOCKABLE" });
  const look = written(join(RECIPES, "follow-a-project.md"), 7, "sh").get("See what happens") as string;
  const looking = spawn("sh", [look], { cwd: folder, detached: true });
  let seen = "";
  looking.stdout.on("data", (bytes) => {
    seen += bytes;
  });
  await expect.poll(() => seen).toMatch(/^id: \S+$/m);
  process.kill(-(looking.pid as number));
});

test("a program that posts each event to a URL continues where it was ended", async () => {
  const path = written(join(RECIPES, "follow-a-project.md"), 8).get(
    "Post each event to a URL of yours",
  ) as string;
  const taskId = 8;
  const work = async (text: string) => {
    const program = spawn(process.execPath, [path], { cwd: folder, stdio: "inherit" });
    await mapper.createComment({ projectId, taskId, text });
    const of = () =>
      received.filter(({ event }) => event.taskId === taskId).map(({ event }) => event.revision);
    await expect.poll(() => new Set(of()).size).toBe(text.length);
    program.kill();
    await new Promise((resolve) => program.once("exit", resolve));
  };
  await work("1");
  await work("22");
  expect(refusals).toBeLessThan(0);
  expect(received[0]?.event.kind).toBe("TASK_EVENT_KIND_TASKS_CREATED");
  // Ended between the receiver's answer and the position, it posts one event again, under the same key.
  const once = new Map(received.map(({ key, event }) => [key, event]));
  expect(received.length - once.size).toBeLessThan(2);
  const revisions = [...once.values()].filter((it) => it.taskId === taskId).map(({ revision }) => revision);
  expect(revisions).toEqual(["2", "3"]);
});

const PAGE = `
  import { createClient, isRefusal, Reason, session } from "@tessera/client";
  import { LockPurpose } from "@tessera/client/task/v1/lock";

  export async function work(baseUrl, projectId, taskId) {
    const signIn = async (name) =>
      createClient({ baseUrl, credentials: session(await createClient({ baseUrl }).createSession({ name })) });
    const [mine, theirs] = [await signIn("mapper-9002"), await signIn("mapper-9003")];
    const { value: begun } = await mine.watchTaskEvents({ projectId })[Symbol.asyncIterator]().next();
    const lock = { projectId, taskId, purpose: LockPurpose.MAPPING };
    await mine.lockTask(lock);
    const refused = await theirs.lockTask(lock).catch((error) => error);
    const { position } = begun;
    for await (const { event } of theirs.watchTaskEvents({ projectId, position })) {
      if (event) return { isLocked: isRefusal(refused, Reason.TASK_LOCKED), taskId: event.taskId };
    }
  }
  globalThis.work = work;
`;

test("the packed client, bundled, works on a page of another origin, and nothing in it is for Node", async () => {
  const entry = join(folder, "page.js");
  writeFileSync(entry, PAGE);
  await using bundle = await rolldown({ input: entry, platform: "browser", cwd: folder });
  const { output } = await bundle.generate({ format: "es", minify: true });
  expect(output).toHaveLength(1);
  expect(output[0].imports).toEqual([]);
  script = output[0].code;
  const { page, errors } = await browser.open();
  await page.goto(origin());
  await page.waitForFunction("globalThis.work !== undefined");
  const done = await page.evaluate(`work("${system.url}", ${projectId}, 4)`);
  expect(done).toEqual({ isLocked: true, taskId: 4 });
  // Connect answers the refusal with 400.
  expect(errors().filter((it) => !it.includes("status of 400"))).toEqual([]);
});
