import { randomUUID } from "node:crypto";
import { ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createProject, type Headers } from "../ground/world.ts";
import { type TestSystem, testSystem } from "../system.ts";

let system: TestSystem;
let admin: Headers;
let projectId: number;

beforeAll(async () => {
  system = await testSystem();
  admin = await system.signIn("administrator");
  projectId = await createProject(system, admin, {}, [ProjectStatus.PUBLISHED]);
  await createProject(system, admin, {}, [ProjectStatus.PUBLISHED]);
  const translations = [
    { language: "pt-BR", name: "Chão", instructions: "Telhados" },
    { language: "fr", name: "Sol" },
  ];
  await system.project.updateProject(
    {
      requestId: randomUUID(),
      project: { projectId, translations, instructions: "Roofs" },
      updateMask: { paths: ["translations", "instructions"] },
      expectedRevision: 2n,
    },
    admin,
  );
});
afterAll(() => system.stop());

async function ask(path: string, headers: Record<string, string> = {}, method = "GET", body?: object) {
  const response = await fetch(`${system.url}/v1/${path}`, {
    method,
    headers: { ...admin.headers, "content-type": "application/json", ...headers },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, json: JSON.parse(text || "null") };
}

test.each([
  ["pt", "Chão", "Telhados", "pt-BR"],
  ["de, fr;q=0.5, pt;q=0.1", "Sol", "Roofs", "fr"],
  ["de", "Ground", "Roofs", "en"],
  ["!!, x_y, fr", "Sol", "Roofs", "fr"],
])("Accept-Language: %s shows %s", async (accepted, name, instructions, language) => {
  const { json, headers } = await ask(`projects/${projectId}`, { "accept-language": accepted });
  expect(json).toMatchObject({ name, instructions, language, default_language: "en" });
  expect(headers.get("content-language")).toBe(language);
  expect(headers.get("vary")).toContain("Accept-Language");
});

test("the parameter wins, and each language has its own tag, which If-Match takes", async () => {
  const french = await ask(`projects/${projectId}?language=fr`, { "accept-language": "pt" });
  expect(french.json.name).toBe("Sol");
  const etag = french.headers.get("etag") ?? "";
  const same = await ask(`projects/${projectId}?language=fr`, { "if-none-match": etag });
  expect(same.status).toBe(304);
  const other = await ask(`projects/${projectId}?language=pt`, { "if-none-match": etag });
  expect([other.status, other.json.name]).toEqual([200, "Chão"]);
  const patched = await ask(`projects/${projectId}`, { "if-match": etag }, "PATCH", { featured: true });
  expect([patched.status, patched.json.name]).toEqual([200, "Ground"]);
});

test("a list shows each project in the language that it has, and says which", async () => {
  const { json, headers } = await ask(
    "projects?language=fr&order_by=PROJECT_ORDER_CREATE_TIME&descending=false",
  );
  expect(json.projects).toMatchObject([
    { name: "Sol", language: "fr" },
    { name: "Ground", language: "en" },
  ]);
  expect(headers.get("content-language")).toBe("fr, en");
  expect(json.projects[0]).not.toHaveProperty("translations");
  const features = await ask("projects?language=fr&f=geojson&fields=name");
  expect(features.json.features.map((it: { properties: object }) => it.properties)).toEqual([
    { name: "Ground" },
    { name: "Sol" },
  ]);
});

test("a language that is none is refused in the parameter", async () => {
  const { status, json } = await ask(`projects/${projectId}?language=pt_BR`);
  expect(status).toBe(422);
  expect(json.errors).toMatchObject([{ parameter: "language" }]);
});

test("over gRPC the request names the languages", async () => {
  const { project } = await system.project.getProject({ projectId, languages: ["pt-BR"] }, admin);
  expect(project).toMatchObject({ name: "Chão", language: "pt-BR" });
  const plain = await system.project.getProject({ projectId }, admin);
  expect([plain.project?.name, plain.project?.language]).toEqual(["Ground", undefined]);
});
