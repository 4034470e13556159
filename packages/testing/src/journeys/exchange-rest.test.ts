import { afterAll, beforeAll, expect, test } from "vitest";
import { type Headers, tokenOf } from "../ground/world.ts";
import { type TestSystem, testSystem } from "../system.ts";

const SOURCE = "tasks.example.org";
let system: TestSystem;
let admin: Headers;

beforeAll(async () => {
  system = await testSystem();
  admin = await system.signIn("administrator");
});

afterAll(() => system.stop());

type Json = Record<string, unknown>;

async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${system.url}/v1/${path}`, {
    method,
    headers: { authorization: `Bearer ${tokenOf(admin)}`, "content-type": "application/json", ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const location = response.headers.get("location")?.replace(/^.*\/v1\//, "") ?? "";
  return { status: response.status, location, document: (text === "" ? {} : JSON.parse(text)) as Json };
}

/** A rectangle from one point to another, as GeoJSON. */
const rectangle = (west: number, south: number, east: number, north: number) => ({
  type: "Polygon",
  coordinates: [
    [
      [west, south],
      [east, south],
      [east, north],
      [west, north],
      [west, south],
    ],
  ],
});

/** What a Tasking Manager answers of a project and of its tasks. */
const THEIR_PROJECT = {
  projectId: 4210,
  status: "PUBLISHED",
  areaOfInterest: { type: "MultiPolygon", coordinates: [rectangle(10, 10, 10.2, 10.1).coordinates] },
  defaultLocale: "en",
  projectInfo: { locale: "en", name: "Volcán", perTaskInstructions: "All roofs" },
  projectPriority: "URGENT",
  mappingTypes: ["BUILDINGS"],
  organisationName: "Nobody known here",
  mappingPermission: "ANY",
  validationPermission: "LEVEL",
};
const THEIR_TASKS = {
  type: "FeatureCollection",
  features: [
    { taskId: 2, geometry: rectangle(10.1, 10, 10.2, 10.1) },
    { taskId: 1, geometry: rectangle(10, 10, 10.1, 10.1) },
  ].map(({ taskId, geometry }) => ({
    type: "Feature",
    geometry,
    properties: { taskId, taskStatus: "READY" },
  })),
};

test("a Tasking Manager's project comes over in two steps: the project, then its tasks", async () => {
  const path = `imported-projects/${SOURCE}/4210`;
  const body = { tasking_manager_project: JSON.stringify(THEIR_PROJECT) };
  const made = await call("PUT", path, body);
  expect(made.status).toBe(201);
  expect(made.location).toMatch(/^projects\/\d+$/);

  const sorted = THEIR_TASKS.features.toSorted(
    (one, other) => one.properties.taskId - other.properties.taskId,
  );
  const cut = await call("POST", `${made.location}/tasks`, { areas: sorted.map(({ geometry }) => geometry) });
  expect(cut.status).toBe(202);
  await expect.poll(async () => (await call("GET", cut.location)).document.done).toBe(true);
  const task = await call("GET", `${made.location}/tasks/1`);
  expect(JSON.stringify(task.document)).toContain("10.1");
  expect(await call("GET", made.location)).toMatchObject({
    status: 200,
    document: { name: "Volcán", task_instructions: "All roofs", source: SOURCE, external_id: "4210" },
  });

  const again = await call("PUT", path, body);
  expect(again.status).toBe(200);
  const other = await call("GET", `${made.location}/export`);
  expect(other).toMatchObject({ status: 200, document: { project: { name: "Volcán" } } });
  const copy = await call("PUT", `imported-projects/${SOURCE}/copy`, { profile: other.document });
  expect(copy.status).toBe(201);
  expect(copy.location).not.toBe(made.location);
});

test("what was left out is said beside the document", async () => {
  const body = { tasking_manager_project: JSON.stringify(THEIR_PROJECT) };
  const { status, document } = await call("PUT", `imported-projects/${SOURCE}/left-out`, body);
  expect(status).toBe(201);
  expect(document).toMatchObject({
    name: "Volcán",
    skipped: expect.arrayContaining([
      { field: "status", description: "is for the receiver to decide" },
      { field: "organisation_name", description: "no such organisation is known here" },
    ]),
  });
});

test("the feed of projects is server-sent events, which resume after their last id", async () => {
  const created = await call("PUT", `imported-projects/${SOURCE}/feed`, {
    tasking_manager_project: JSON.stringify(THEIR_PROJECT),
  });
  const projectId = created.location.split("/")[1];
  const read = async (lastEventId: string, events: number) => {
    const abort = new AbortController();
    const response = await fetch(`${system.url}/v1/project-events?project_id=${projectId}&from_start=true`, {
      headers: { ...admin.headers, ...(lastEventId && { "last-event-id": lastEventId }) },
      signal: abort.signal,
    });
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    let text = "";
    for await (const chunk of response.body as ReadableStream<Uint8Array>) {
      text += Buffer.from(chunk).toString();
      if (text.split("IMPORTED").length - 1 >= events) break;
    }
    abort.abort();
    return text;
  };
  const first = await read("", 1);
  expect(first).toContain("PROJECT_EVENT_KIND_IMPORTED");
  const id = [...first.matchAll(/^id: ?(.+)$/gm)].at(-1)?.[1] ?? "";
  expect(id).not.toBe("");
  await call("PUT", `imported-projects/${SOURCE}/feed`, {
    tasking_manager_project: JSON.stringify({ ...THEIR_PROJECT, imagery: "Bing" }),
  });
  const next = await read(id, 1);
  expect(next).toContain("imagery");
  const history = await call("GET", `projects/${projectId}/project-events`);
  expect((history.document.events as unknown[]).length).toBe(2);
});
