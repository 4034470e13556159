import { Code, ConnectError } from "@connectrpc/connect";
import { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TestGateway, testGateway } from "../testing/gateway.ts";

const AREA = { coordinates: [0, 0, 1, 0, 1, 1, 0, 0], ringLengths: [4], polygonLengths: [1] };
const GEOMETRY = {
  type: "MultiPolygon",
  coordinates: [
    [
      [
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 0],
      ],
    ],
  ],
};
let gateway: TestGateway;
let passed: Record<string, string> = {};

beforeAll(async () => {
  gateway = await testGateway((router) => {
    router.service(ProjectService, {
      getProject: ({ projectId }) => ({
        project: { projectId, revision: 9n, ...(projectId === 7 && { area: AREA }) },
      }),
    });
    router.service(AuthService, {
      getCurrentUser: (_, { requestHeader, timeoutMs }) => {
        passed = { ...Object.fromEntries(requestHeader), timeoutMs: String(timeoutMs()) };
        return { user: { userId: 9007199254740993n, name: "é", revision: 2n } };
      },
    });
    router.service(TaskService, {
      getTask: () => ({}),
      listTasks: () => ({ tasks: [{ taskId: 1, area: AREA }, { taskId: 2 }] }),
      getProgress: (_, { signal }) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener("abort", () => reject(new ConnectError("", Code.Canceled))),
        ),
    });
  });
});
afterAll(() => gateway.stop());

describe("a document", () => {
  test("has the names of the contract, all fields, whole numbers of 64 bits as strings", async () => {
    const { status, headers, json } = await gateway.ask("GET", "/v1/users/me");
    expect(json).toEqual({
      user_id: "9007199254740993",
      name: "é",
      system_role: "SYSTEM_ROLE_UNSPECIFIED",
      mapping_level: "MAPPING_LEVEL_UNSPECIFIED",
      revision: "2",
      kind: "USER_KIND_UNSPECIFIED",
      languages: [],
      description: "",
    });
    expect([status, headers["content-type"], headers.etag]).toEqual([
      200,
      "application/json",
      expect.stringMatching(/^"2\.[0-9a-f]{32}"$/),
    ]);
    expect(headers).toMatchObject({
      vary: "Accept, Authorization, Accept-Encoding",
      "cache-control": "private, no-cache",
    });
  });

  test("shows an area as GeoJSON, in place or as a Feature", async () => {
    const json = await gateway.ask("GET", "/v1/projects/7");
    expect(json.json).toMatchObject({ project_id: 7, area: GEOMETRY });
    const feature = await gateway.ask("GET", "/v1/projects/7", {
      headers: { accept: "application/geo+json" },
    });
    expect(feature.headers).toMatchObject({
      "content-type": "application/geo+json",
      etag: expect.stringMatching(/^"9\.[0-9a-f]{32}-geojson"$/),
    });
    expect(feature.json).toMatchObject({
      type: "Feature",
      id: 7,
      geometry: GEOMETRY,
      properties: { project_id: 7 },
    });
    expect(feature.json.properties).not.toHaveProperty("area");
    const without = await gateway.ask("GET", "/v1/projects/8?f=geojson");
    expect(without.json).toMatchObject({ type: "Feature", id: 8, geometry: null });
  });

  test("shows areas that lie deeper too", async () => {
    const { json } = await gateway.ask("GET", "/v1/projects/7/tasks");
    expect(json.tasks).toMatchObject([{ task_id: 1, area: GEOMETRY }, { task_id: 2 }]);
    expect(json.tasks[1]).not.toHaveProperty("area");
  });

  test.each([
    ["", '"9"', 304],
    ["", 'W/"9"', 304],
    ["", '"1", "9"', 304],
    ["", "*", 304],
    ["", '"8"', 200],
    ["?f=geojson", '"9"', 200],
    ["?f=geojson", '"9-geojson"', 304],
  ])("of revision 9 (%s) is not sent again to who holds %s: %i", async (f, ifNoneMatch, expected) => {
    const ask = (headers = {}) => gateway.ask("GET", `/v1/projects/7${f}`, { headers });
    const { etag = "" } = (await ask()).headers;
    const digest = etag.split(/[.\-"]/)[2];
    const { status, headers, text } = await ask({ "if-none-match": ifNoneMatch.replace("9", `9.${digest}`) });
    expect([status, headers.etag]).toEqual([expected, etag]);
    if (status === 304)
      expect([text, headers.vary]).toEqual(["", "Accept, Authorization, Accept-Language, Accept-Encoding"]);
  });

  test("is asked for by HEAD without its body", async () => {
    const { status, headers, text } = await gateway.ask("HEAD", "/v1/projects/7");
    expect([status, text, headers.etag, Number(headers["content-length"]) > 100]).toEqual([
      200,
      "",
      (await gateway.ask("GET", "/v1/projects/7")).headers.etag,
      true,
    ]);
  });

  test("that a response lacks is null", async () => {
    expect((await gateway.ask("GET", "/v1/projects/7/tasks/1")).text).toBe("null");
  });
});

describe("of a request reaches a service", () => {
  const trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  test("its bearer token, its trace and a deadline, and nothing else", async () => {
    const headers = {
      authorization: "Bearer abc",
      traceparent: trace,
      cookie: "c=1",
      "x-user-id": "1",
      "grpc-timeout": "1n",
    };
    await gateway.ask("GET", "/v1/users/me", { headers });
    const { timeoutMs, ...rest } = passed;
    expect(rest).toMatchObject({ authorization: "Bearer abc", traceparent: trace });
    for (const name of ["cookie", "x-user-id", "grpc-timeout", "host"]) expect(rest).not.toHaveProperty(name);
    expect(Number(timeoutMs)).toBeGreaterThan(4_000);
    expect(Number(timeoutMs)).toBeLessThanOrEqual(5_000);
  });

  test.each([
    // The services refuse invalid tokens: a caller that sends one is not treated as if it sent none.
    ["Basic dXNlcjpwYXNz", "Basic dXNlcjpwYXNz"],
    ["Bearerx", "Bearerx"],
    ["bearer abc", "bearer abc"],
    ["Bearer ", "Bearer"],
    ["Bearer a b", "Bearer a b"],
  ])("of Authorization: %s, %s", async (authorization, expected) => {
    await gateway.ask("GET", "/v1/users/me", { headers: { authorization, traceparent: "00-nonsense" } });
    expect(passed.authorization).toBe(expected);
    expect(passed.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  });

  test("no token that is not ASCII", async () => {
    const { status, json } = await gateway.ask("GET", "/v1/users/me", {
      headers: { authorization: "Bearer \u00e9" },
    });
    expect([status, json.errors[0].header]).toEqual([400, "Authorization"]);
  });

  test("that its client has left", async () => {
    const before = gateway.lines.length;
    await expect(
      fetch(`${gateway.url}/v1/projects/7/progress`, { signal: AbortSignal.timeout(100) }),
    ).rejects.toThrow();
    await expect
      .poll(() => gateway.lines[before])
      .toMatchObject({ route: "/v1/projects/{project_id}/progress", status: 499 });
  });
});

describe("OPTIONS", () => {
  test.each([
    ["/v1/projects", "GET, HEAD, OPTIONS, POST"],
    ["/v1/projects/7/tasks/42/lock", "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"],
    ["/v1/auth-events", "GET, HEAD, OPTIONS"],
    ["/problems", "GET, HEAD, OPTIONS"],
  ])("of %s answers %s", async (path, allow) => {
    const { status, headers } = await gateway.ask("OPTIONS", path);
    expect([status, headers.allow]).toEqual([204, allow]);
    expect(headers["accept-patch"] !== undefined).toBe(allow.includes("PATCH"));
  });
});
