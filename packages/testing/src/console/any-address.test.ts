import { getOption } from "@bufbuild/protobuf";
import { SERVICES } from "@tessera/contracts/catalogue.ts";
import { http } from "@tessera/contracts/google/api/annotations_pb.ts";
import { ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ConsoleSystem, consoleSystem } from "../console-system.ts";
import { type PageClient, pageClient, signInPage } from "../ground/page-client.ts";
import { createProject, cut } from "../ground/world.ts";

const ZOOM = 10;
/** Values of no parameter: what a person may type into an address, or a program makes of nothing. */
const NONSENSE = [
  "",
  "many",
  "-1",
  "0",
  "1.5",
  "9".repeat(30),
  "\u0000",
  "☃",
  "' or 1=1 --",
  "a".repeat(5_000),
];
const SERVER_FAULT = 500;

let system: ConsoleSystem;
let admin: PageClient;

beforeAll(async () => {
  system = await consoleSystem();
  const headers = await system.signIn("administrator");
  await cut(system, headers, await createProject(system, headers, {}, [ProjectStatus.PUBLISHED]), ZOOM);
  admin = pageClient(system.url);
  await signInPage(admin, "administrator");
});
afterAll(() => system.stop());

/** Each path of a page, with the parameters that it may have. */
const PATHS = new Map(
  SERVICES.flatMap(({ methods }) => methods).flatMap((rpc) => {
    const { pattern } = getOption(rpc, http);
    if (rpc.methodKind !== "unary" || pattern.case !== "get") return [];
    const names = rpc.input.fields.map(({ name }) => name);
    return [[pattern.value.replaceAll(/\{[^}]+\}/g, "1"), names] as const];
  }),
);

test("no value of a parameter makes a page fail: it is refused in words, or means nothing", async () => {
  const failed: string[] = [];
  for (const [path, names] of PATHS)
    for (const value of NONSENSE) {
      const query = new URLSearchParams(names.map((name): [string, string] => [name, value]));
      const { status } = await admin.get(`${path}?${query}`);
      if (status >= SERVER_FAULT) failed.push(`${status} ${path}?${query}`.slice(0, 200));
    }
  expect(failed).toEqual([]);
});

test("a change of many tasks that there is not is none", async () => {
  for (const action of ["constructor", "toString", "FLY"]) {
    const page = await admin.get(`/console/projects/1/task-changes?action=${action}`);
    expect([action, page.status]).toEqual([action, 200]);
  }
});

test("a number that is too large for its field is refused beside it, and what was typed stays", async () => {
  const page = await admin.get("/v1/personal-access-tokens");
  const form = 'form[action="/v1/personal-access-tokens"]';
  const lifetime = "9".repeat(30);
  const refused = await admin.submit(page, form, { name: "Script", scopes: ["tasks:read"], lifetime });
  expect([
    refused.status,
    refused.root.querySelector(".fault")?.textContent,
    refused.root.querySelector("input[name=lifetime]")?.getAttribute("value"),
  ]).toEqual([422, "value must be a whole number of usual size", lifetime]);
});
