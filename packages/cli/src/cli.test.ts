import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { createClient } from "@connectrpc/connect";
import { PersonalAccessTokenService } from "@tessera/contracts/tessera/auth/v1/personal_access_token_service_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { SubmissionResult } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { type TestSystem, testSystem } from "@tessera/testing/system.ts";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { main } from "./main.ts";

const TOOL = fileURLToPath(new URL("../bin/tessera.js", import.meta.url));
const TRIANGLE = {
  type: "Polygon",
  coordinates: [
    [
      [10, 10],
      [10.8, 10],
      [10.4, 10.7],
      [10, 10],
    ],
  ],
};
const DAY_MS = 86_400_000;
const BOW_TIE = {
  type: "Polygon",
  coordinates: [
    [
      [0, 0],
      [1, 1],
      [1, 0],
      [0, 1],
      [0, 0],
    ],
  ],
};

let system: TestSystem;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tessera-cli-"));
  writeFileSync(fileOf("county.geojson"), JSON.stringify(TRIANGLE));
  writeFileSync(fileOf("bow-tie.geojson"), JSON.stringify(BOW_TIE));
  system = await testSystem();
});

afterAll(async () => {
  await system?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const fileOf = (name: string) => join(folder, name);
const environment = (who: string) => ({ TESSERA_URL: system.url, TESSERA_CONFIG_DIR: join(folder, who) });

interface Outcome {
  code: number;
  out: string;
  err: string;
}

/** Runs the tool as somebody would, who keeps sessions in a folder of their own. */
async function run(who: string, ...words: string[]): Promise<Outcome> {
  const out: string[] = [];
  const err: string[] = [];
  const into = (lines: string[]) => (text: unknown) => void lines.push(`${text}\n`);
  const written =
    (lines: string[]) =>
    (chunk: string | Uint8Array, ...rest: unknown[]) => {
      lines.push(typeof chunk === "string" ? chunk : Buffer.from(chunk).toString());
      const done = rest.at(-1);
      if (typeof done === "function") done();
      return true;
    };
  for (const [name, value] of Object.entries(environment(who))) vi.stubEnv(name, value);
  vi.spyOn(console, "log").mockImplementation(into(out));
  vi.spyOn(console, "error").mockImplementation(into(err));
  vi.spyOn(process.stdout, "write").mockImplementation(written(out));
  vi.spyOn(process.stderr, "write").mockImplementation(written(err));
  try {
    const code = await main(["node", TOOL, ...words]);
    return { code, out: out.join(""), err: err.join("") };
  } finally {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  }
}

/** What a run wrote that succeeded. */
async function done(who: string, ...words: string[]): Promise<string> {
  const { code, out, err } = await run(who, ...words);
  expect(code, err).toBe(0);
  return out;
}

const documentOf = async (who: string, ...words: string[]) => JSON.parse(await done(who, "--json", ...words));

/** A published project that was made by the tool alone. */
async function publishedProject(who: string): Promise<number> {
  await done(who, "sign-in", "--as", "administrator");
  const { project_id: id } = await documentOf(who, "create", "County", "--area", fileOf("county.geojson"));
  await done(who, "cut", String(id), "--zoom", "11");
  await done(who, "publish", String(id));
  return id;
}

test("a coordinator makes a project of a file, looks at the cut, publishes it and takes it home", async () => {
  expect(await done("ada", "sign-in", "--as", "administrator")).toContain("administrator");
  expect(await done("ada", "upload", fileOf("county.geojson"))).toMatch(/polygons +1\n/);
  const project = await documentOf("ada", "create", "Müller's county", "--area", fileOf("county.geojson"));
  expect(project).toMatchObject({ name: "Müller's county", status: "PROJECT_STATUS_DRAFT" });
  const id = String(project.project_id);
  const preview = await documentOf("ada", "preview", id, "--zoom", "11");
  const squares = JSON.parse(await done("ada", "preview", id, "--zoom", "11", "--output", "-"));
  expect(squares.features).toHaveLength(preview.task_count);
  expect(await documentOf("ada", "cut", id, "--zoom", "11")).toMatchObject({
    state: "OPERATION_STATE_SUCCEEDED",
    done_count: preview.task_count,
  });
  expect(await done("ada", "publish", id)).toContain("PUBLISHED");
  expect(await done("ada", "projects", "Müller")).toMatch(
    new RegExp(`^${id} +PUBLISHED .* Müller's county$`, "m"),
  );
  await done("ada", "export", `projects/${id}`, "--output", fileOf("tasks.geojson"));
  const { features } = JSON.parse(readFileSync(fileOf("tasks.geojson"), "utf8"));
  expect(features).toHaveLength(preview.task_count);
  expect((await done("ada", "export", id, "--format", "csv")).trim().split("\n")).toHaveLength(
    1 + features.length,
  );
});

test("what is refused is said in words, and the exit code says what kind it was", async () => {
  const nobody = await run("nobody", "publish", "1");
  expect(nobody).toMatchObject({ code: 1, err: expect.stringContaining("tessera sign-in") });
  await done("eve", "sign-in", "--as", "mapper-7");
  const absent = await run("eve", "--json", "show", "999999");
  expect(absent.code).toBe(1);
  expect(JSON.parse(absent.err)).toMatchObject({ reason: "PROJECT_NOT_FOUND" });
  const fault = await run("eve", "upload", fileOf("bow-tie.geojson"));
  expect(fault).toMatchObject({ code: 1, out: expect.stringContaining("ring-crosses-itself") });
  expect(await run("eve", "upload", "missing.geojson")).toMatchObject({ code: 1 });
  expect(await run("eve", "projects", "--limit", "many")).toMatchObject({ code: 2 });
  expect(await run("eve", "cut", "1", "--zoom", "3", "--count", "4")).toMatchObject({ code: 2 });
  expect(await run("eve", "frobnicate")).toMatchObject({ code: 2 });
  expect(await run("eve", "--server", "tessera", "projects")).toMatchObject({ code: 2 });
  const away = await run("eve", "--server", "http://127.0.0.1:1", "projects");
  expect(away).toMatchObject({ code: 3, err: expect.stringContaining("The server cannot be reached") });
  expect(away.err).not.toContain("tessera.project.v1");
});

test("a session is kept where only its owner can read it, and ends at the sign-out", async () => {
  await done("sam", "sign-in", "--as", "mapper-8");
  expect(statSync(join(folder, "sam/sessions.json")).mode & 0o077).toBe(0);
  expect(await done("sam", "who")).toContain("mapper-8");
  const { sessions } = JSON.parse(readFileSync(join(folder, "sam/sessions.json"), "utf8"));
  const token = sessions[system.url].accessToken;
  await done("sam", "sign-out");
  expect(await run("sam", "who")).toMatchObject({ code: 1 });
  const answer = await fetch(`${system.url}/v1/users/me`, { headers: { authorization: `Bearer ${token}` } });
  expect(answer.status).toBe(401);
});

test("a session that expired is refreshed, and the new tokens are kept", async () => {
  await done("rui", "sign-in", "--as", "mapper-9");
  const file = join(folder, "rui/sessions.json");
  const before = JSON.parse(readFileSync(file, "utf8"));
  before.sessions[system.url].expireTime = "2020-01-01T00:00:00Z";
  before.server = "https://elsewhere.example.org";
  writeFileSync(file, JSON.stringify(before));
  await done("rui", "who");
  const after = JSON.parse(readFileSync(file, "utf8"));
  expect(after.sessions[system.url].refreshToken).not.toBe(before.sessions[system.url].refreshToken);
  expect(Date.parse(after.sessions[system.url].expireTime)).toBeGreaterThan(Date.now());
  expect(after.server).toBe(before.server);
});

test("Ctrl-C ends a command that waits for a server that does not answer", async () => {
  const silent = createServer().listen(0, "127.0.0.1");
  await once(silent, "listening");
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const child = spawn(process.execPath, [TOOL, "--server", url, "projects"], {
    env: { ...process.env, ...environment("nobody") },
  });
  await once(silent, "connection");
  child.kill("SIGINT");
  expect(await once(child, "exit")).toEqual([130, null]);
  silent.close();
});

test("a personal access token is enough for a script", async () => {
  const { personalAccessToken } = await createClient(
    PersonalAccessTokenService,
    system.connections.auth,
  ).createPersonalAccessToken(
    { requestId: randomUUID(), name: "script", scopes: ["account"], lifetime: durationFromMs(DAY_MS) },
    await system.signIn("mapper-10"),
  );
  expect(await documentOf("script", "--key", personalAccessToken, "who")).toMatchObject({
    name: "mapper-10",
  });
});

async function mapTask(projectId: number, taskId: number): Promise<void> {
  const mapper = await system.signIn("mapper-11");
  const { token: lockToken } = await system.task.lockTask(
    { projectId, taskId, purpose: LockPurpose.MAPPING },
    mapper,
  );
  await system.task.submitTask({ projectId, taskId, lockToken, result: SubmissionResult.MAPPED }, mapper);
}

/** The lines that a running tool writes. */
function linesOf(child: ChildProcess): AsyncIterator<string> {
  if (child.stdout === null) throw new Error("no output");
  return createInterface({ input: child.stdout })[Symbol.asyncIterator]();
}

test("a project is followed: as lines of JSON by scripts, as progress by people, until Ctrl-C", async () => {
  const id = await publishedProject("fay");
  const options = { env: { ...process.env, ...environment("fay") } };
  const script = spawn(process.execPath, [TOOL, "--json", "watch", String(id), "--from-start"], options);
  const person = spawn(process.execPath, [TOOL, "watch", String(id)], options);
  const [events, progress] = [linesOf(script), linesOf(person)];
  expect((await progress.next()).value).toContain("0 mapped");
  await mapTask(id, 1);
  let line = "";
  while (!line.includes("SUBMITTED")) line = (await events.next()).value;
  expect(JSON.parse(line)).toMatchObject({ event: { project_id: id, kind: "TASK_EVENT_KIND_SUBMITTED" } });
  for (let text = ""; !/[1-9] mapped/.test(text); ) text = (await progress.next()).value;
  const ended = [script, person].map((child) => once(child, "exit"));
  script.kill("SIGINT");
  person.kill("SIGINT");
  expect((await Promise.all(ended)).map(([code]) => code)).toEqual([130, 130]);
});
