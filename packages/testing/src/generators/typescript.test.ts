import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import openapiTS, { astToString } from "openapi-typescript";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createProject, cut } from "../ground/world.ts";
import { type TestSystem, testSystem } from "../system.ts";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const MODULES = fileURLToPath(new URL("../../../../node_modules", import.meta.url));
const PROGRAM = join(ROOT, "docs/recipes/openapi/lock-a-task.ts");
const VERSIONS = { "3.1": "application/json", "3.0": "application/vnd.oai.openapi+json;version=3.0" };
const ZOOM = 11;
const AREA = `{"type": "Polygon", "coordinates": [[[10, 10], [11, 10], [11, 11], [10, 10]]]}`;

/** The options under which the program of the recipe is checked, with all that strict compilers know. */
const OPTIONS = [
  ...["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess"],
  ...["--noPropertyAccessFromIndexSignature", "--allowImportingTsExtensions"],
  ...["--target", "es2024", "--module", "nodenext", "--types", "node"],
];

/** What a program may get wrong: a name or a value of the program, what stands in its place, and what the compiler says. */
const FAULTS: [right: string, wrong: string, says: RegExp][] = [
  [`purpose: "LOCK_PURPOSE_MAPPING"`, `purpose: "MAPPING"`, /"MAPPING"/],
  [`purpose: "LOCK_PURPOSE_MAPPING"`, `porpose: "LOCK_PURPOSE_MAPPING"`, /porpose/],
  [`, task_id: taskId`, ``, /task_id/],
  [`task_id: taskId`, `task_id: String(taskId)`, /string/],
  [`"TASK_LOCKED"`, `"TASK_IS_LOCKED"`, /holder_user_id/],
  [`metadata?.holder_user_id`, `metadata?.holder`, /holder/],
  [`data.token`, `data.lock_token`, /lock_token/],
  [`include: ["users"]`, `include: ["people"]`, /"people"/],
  [`["TASK_STATE_READY"]`, `["READY"]`, /"READY"/],
  [`body: geojson`, `body: 7`, /number/],
  [`/v1/area-uploads`, `/v1/area-upload`, /area-upload/],
];

const folders: string[] = [];
let system: TestSystem;
beforeAll(async () => {
  system = await testSystem();
  for (const accept of Object.values(VERSIONS)) folders.push(await typesOf(accept));
});
afterAll(async () => {
  for (const folder of folders) rmSync(folder, { recursive: true });
  await system.stop();
});

/** Makes a folder with the types that openapi-typescript makes of the served document, and the program beside them. */
async function typesOf(accept: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "generated-"));
  const served = await fetch(`${system.url}/openapi.json`, { headers: { accept } });
  writeFileSync(join(folder, "tessera.ts"), astToString(await openapiTS(await served.text())));
  writeFileSync(join(folder, "package.json"), `{"type": "module"}`);
  symlinkSync(MODULES, join(folder, "node_modules"));
  cpSync(PROGRAM, join(folder, "program.ts"));
  return folder;
}

/** What the compiler says of files. */
function compiled(folder: string, files: readonly string[]): Promise<string> {
  const tsc = join(MODULES, "typescript/bin/tsc");
  return new Promise((resolve) => {
    execFile(process.execPath, [tsc, ...OPTIONS, ...files], { cwd: folder }, (_, stdout) => resolve(stdout));
  });
}

test("programs compile with the types, and each fault of a program is one that the compiler finds", async () => {
  const program = readFileSync(PROGRAM, "utf8");
  const [newer, older] = folders as [string, string];
  const files = FAULTS.map(([right, wrong], index) => {
    expect(program).toContain(right);
    writeFileSync(join(newer, `fault-${index}.ts`), program.replace(right, wrong));
    return `fault-${index}.ts`;
  });
  const lines = (await compiled(newer, ["program.ts", ...files])).split("\n");
  const saidOf = (file: string) => lines.filter((line) => line.startsWith(`${file}(`)).join("\n");
  expect([saidOf("program.ts"), saidOf("tessera.ts")]).toEqual(["", ""]);
  for (const [index, [, wrong, says]] of FAULTS.entries())
    expect([wrong, saidOf(`fault-${index}.ts`)]).toEqual([wrong, expect.stringMatching(says)]);
  expect(await compiled(older, ["program.ts"])).toBe("");
});

test("the program locks a task, lists it with the name of its holder, and uploads an area", async () => {
  const administrator = await system.signIn("administrator");
  const projectId = await createProject(system, administrator, {}, [ProjectStatus.PUBLISHED]);
  await cut(system, administrator, projectId, ZOOM);
  process.env.TESSERA_URL = system.url;
  process.env.TESSERA_TOKEN = administrator.headers.authorization.replace("Bearer ", "");
  const program = await import(pathToFileURL(join(folders[0] as string, "program.ts")).href);
  const token = await program.lockTask(projectId, 1);
  await expect(program.lockTask(projectId, 0)).rejects.toThrow("task_id");
  const { tasks, names } = await program.readyTasks(projectId);
  expect(tasks.find((it: { task_id: number }) => it.task_id === 1).lock.token).toBe(token);
  expect(names).toEqual(["administrator"]);
  expect(await program.uploadArea(AREA)).toMatch(/^[1-9][0-9]*$/);
});
