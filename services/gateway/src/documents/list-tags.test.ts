import { createHash } from "node:crypto";
import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/project/v1/reason_pb.ts";
import {
  type ListTasksRequest,
  type StreamTasksRequest,
  TaskService,
} from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { refusals } from "@tessera/rpc/refusal.ts";
import { refusalToError } from "@tessera/rpc/refusal-wire.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type TestGateway, testGateway } from "../testing/gateway.ts";

const AREA = { coordinates: [0, 0, 1, 0, 1, 1, 0, 0], ringLengths: [4], polygonLengths: [1] };
const LIST = "/v1/projects/7/tasks";
const FORMS = ["json", "csv", "geojson", "ndjson"];

let gateway: TestGateway;
let world: { version: number; hidden: boolean };
/** The requests that reached the service. */
let asked: (ListTasksRequest | StreamTasksRequest)[] = [];
/** How many lists it read. */
let read = 0;

const refuse = refusals(ReasonSchema);
const rows = () => [
  { projectId: 7, taskId: 1, priority: world.version, area: AREA },
  { projectId: 7, taskId: 2, priority: 9 },
];

function answer(request: ListTasksRequest | StreamTasksRequest) {
  asked.push(request);
  if (world.hidden) throw refusalToError(refuse(Reason.PROJECT_NOT_FOUND));
  const paths = request.fields?.paths.join() ?? "";
  const etag = createHash("sha256").update(`${world.version} ${paths}`).digest("hex").slice(0, 32);
  if (etag === request.knownEtag) return { etag, unchanged: true };
  read += 1;
  return { etag, tasks: rows() };
}

beforeAll(async () => {
  gateway = await testGateway((router) => {
    router.service(TaskService, {
      listTasks: (request) => ({ ...answer(request), nextPageToken: "next" }),
      streamTasks: async function* (request) {
        yield answer(request);
      },
    });
    router.service(ProjectService, { listProjects: () => ({ projects: [{ projectId: world.version }] }) });
  });
});
beforeEach(() => {
  world = { version: world ? world.version + 10 : 1, hidden: false };
  asked = [];
  read = 0;
});
afterAll(() => gateway.stop());

const ask = (form: string, headers: Record<string, string> = {}, method = "GET") =>
  gateway.ask(method, `${LIST}?f=${form}`, { headers });

describe.each(FORMS)("a list as %s", (form) => {
  test("has a tag, and is not sent again to who has it", async () => {
    const first = await ask(form);
    expect(first.status).toBe(200);
    expect(first.headers).toMatchObject({
      "cache-control": "private, no-cache",
      vary: "Accept, Authorization, Accept-Encoding",
    });
    const tag = first.headers.etag as string;
    expect(tag).toMatch(form === "json" ? /^"[0-9a-f]{32}"$/ : new RegExp(`^"[0-9a-f]{32}-${form}"$`));
    for (const known of [tag, `W/${tag}`, `"1", ${tag}`, "*", `${tag.slice(0, -1)}-gzip"`]) {
      const { status, headers, text } = await ask(form, { "if-none-match": known });
      expect([status, text, headers.etag], known).toEqual([304, "", tag]);
    }
    expect(read).toBe(1);
  });

  test("is sent again as it is kept, while the service says that it is the same", async () => {
    const first = await ask(form);
    const again = await ask(form);
    expect([
      again.status,
      again.text,
      again.headers.etag,
      again.headers["content-type"],
      again.headers.link,
    ]).toEqual([200, first.text, first.headers.etag, first.headers["content-type"], first.headers.link]);
    expect(Number(again.headers["content-length"])).toBe(Buffer.byteLength(first.text));
    expect(read).toBe(1);
    expect(asked).toHaveLength(2);
  });

  test("is another one once it has changed", async () => {
    const first = await ask(form);
    world.version += 1;
    const later = await ask(form, { "if-none-match": first.headers.etag as string });
    expect(later.status).toBe(200);
    expect(later.text).not.toBe(first.text);
    expect(later.headers.etag).not.toBe(first.headers.etag);
  });

  test("that is not kept is asked for with the tag that the client has", async () => {
    const { headers } = await ask(form);
    const { status } = await gateway.ask("GET", `${LIST}?f=${form}&view=TASK_VIEW_UNSPECIFIED`, {
      headers: { "if-none-match": `W/${headers.etag}, "0"` },
    });
    expect([status, read]).toEqual([304, 1]);
    expect(headers.etag).toContain(asked.at(-1)?.knownEtag);
  });

  test("is shown to nobody who may not see it, kept or not", async () => {
    const { headers } = await ask(form);
    world.hidden = true;
    for (const known of [headers.etag as string, "*"]) {
      const { status, json } = await ask(form, { "if-none-match": known, accept: "application/json" });
      expect([status, json.reason]).toEqual([404, "PROJECT_NOT_FOUND"]);
    }
  });

  test("is asked for by HEAD without its body", async () => {
    for (let times = 0; times < 2; times++) {
      const { status, text, headers } = await ask(form, {}, "HEAD");
      expect([status, text, headers.etag !== undefined]).toEqual([200, "", true]);
      await ask(form);
    }
  });

  test("has a tag of each form", async () => {
    const { headers } = await ask(form);
    const other = form === "json" ? "csv" : "json";
    expect((await ask(other, { "if-none-match": headers.etag as string })).status).toBe(200);
  });

  test("is asked for with areas only where it shows them", async () => {
    await ask(form);
    const paths = asked.at(-1)?.fields?.paths ?? [];
    if (form === "csv") expect(paths).toEqual(expect.arrayContaining(["task_id", "state", "lock"]));
    expect(paths.length === 0 || paths.includes("area")).toBe(form !== "csv");
  });

  test("shows the chosen fields alone", async () => {
    const { text } = await gateway.ask("GET", `${LIST}?f=${form}&fields=priority,taskId`);
    const shown = {
      json: () => JSON.parse(text).tasks,
      ndjson: () =>
        text
          .trim()
          .split("\n")
          .map((it) => JSON.parse(it)),
      csv: () =>
        text
          .split("\r\n")
          .slice(1, -1)
          .map((it) => it.split(","))
          .map(([task_id, priority]) => ({ task_id: Number(task_id), priority: Number(priority) })),
      geojson: () => JSON.parse(text).features.map(({ properties }: { properties: object }) => properties),
    }[form];
    expect(shown?.()).toEqual([
      { task_id: 1, priority: world.version },
      { task_id: 2, priority: 9 },
    ]);
    const { paths } = asked.at(-1)?.fields ?? { paths: [] };
    expect(paths).toEqual(["priority", "task_id", ...(form === "geojson" ? ["area"] : [])]);
    if (form === "geojson")
      expect(JSON.parse(text).features[0]).toMatchObject({ id: 1, geometry: { type: "MultiPolygon" } });
  });
});

test("the tag of a list is a header, and no member or parameter", async () => {
  const { json } = await ask("json");
  expect(json).not.toHaveProperty("etag");
  expect(json).not.toHaveProperty("unchanged");
  const { status, json: problem } = await gateway.ask("GET", `${LIST}?known_etag=a`);
  expect([status, problem.errors]).toMatchObject([
    422,
    [{ parameter: "known_etag", detail: "is the header If-None-Match" }],
  ]);
});

test("a list that its service gives no tag has one of its bytes", async () => {
  const first = await gateway.ask("GET", "/v1/projects");
  expect(first.headers.etag).toMatch(/^"[0-9a-f]{32}"$/);
  const headers = { "if-none-match": `W/${first.headers.etag}` };
  expect((await gateway.ask("GET", "/v1/projects", { headers })).status).toBe(304);
  world.version += 1;
  const later = await gateway.ask("GET", "/v1/projects", { headers });
  expect([later.status, later.headers.etag === first.headers.etag]).toEqual([200, false]);
});
