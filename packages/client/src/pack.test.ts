import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { startBrowser, type TestBrowser } from "@tessera/testing/browser.ts";
import { createProject, cut } from "@tessera/testing/ground/world.ts";
import { type TestSystem, testSystem } from "@tessera/testing/system.ts";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createClient, session, type TesseraClient } from "./index.ts";

const PACKAGE = fileURLToPath(new URL("../", import.meta.url));
const ROOT = join(PACKAGE, "../..");
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
    const isScript = request.url === "/script.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.end(isScript ? script : "<!doctype html><script type=module src=/script.js></script>");
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => pages.once("listening", resolve));
  [system, browser] = await Promise.all([testSystem({ CORS_ORIGINS: origin() }), startBrowser(), install()]);
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

const origin = () => `http://127.0.0.1:${(pages.address() as { port: number }).port}`;

/** Packs the client and unpacks it as npm does, in an empty folder, beside the dependencies that it names and no others. */
async function install(): Promise<void> {
  await run("npm", ["pack", "--silent", "--pack-destination", folder], { cwd: PACKAGE });
  const { name, version, dependencies } = JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8"));
  const place = join(folder, "node_modules", name);
  mkdirSync(place, { recursive: true });
  const packed = join(folder, `tessera-client-${version}.tgz`);
  await run("tar", ["--extract", "--file", packed, "--strip-components=1", "--directory", place]);
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  for (const dependency of [...Object.keys(dependencies), "@types/node", "undici-types"]) {
    const link = join(folder, "node_modules", dependency);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(ROOT, "node_modules", dependency), link);
  }
}

/** The programs in the README, by the heading that they stand below, with the places and keys of this system. */
function examples(taskId: number): [heading: string, path: string][] {
  const text = readFileSync(join(PACKAGE, "README.md"), "utf8");
  return text.split("\n## ").flatMap((section) => {
    const [, code] = /^```ts\n([\s\S]*?)^```$/m.exec(section) ?? [];
    if (code === undefined) return [];
    const heading = section.split("\n")[0] as string;
    const path = join(folder, `${heading.toLowerCase().replaceAll(" ", "-")}-${taskId}.ts`);
    writeFileSync(path, inPlace(code, taskId));
    return [[heading, path] as [string, string]];
  });
}

function inPlace(code: string, taskId: number): string {
  const { auth, project, task } = system.addresses;
  return code
    .replaceAll("https://tessera.example.org", system.url)
    .replaceAll("tsra_…", personalAccessToken)
    .replaceAll("projectId: 7", `projectId: ${projectId}`)
    .replaceAll("taskId: 42", `taskId: ${taskId}`)
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
    const found = new Map(examples(taskId));
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

test("the examples of the README have the types of the packed client", async () => {
  const strict = ["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--module", "nodenext"];
  const files = examples(3).map(([, path]) => path);
  const types = ["--target", "es2023", "--lib", "es2023,dom", "--types", "node"];
  await run("tsc", [...strict, ...types, ...files], { cwd: folder }).catch(({ stdout }) =>
    expect(stdout).toBe(""),
  );
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
