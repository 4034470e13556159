import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { TaskEventService } from "@tessera/contracts/tessera/task/v1/task_event_service_pb.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type OauthEndpoints, oauthEndpoints } from "../streams/oauth-endpoints.ts";
import { type TestGateway, testGateway } from "../testing/gateway.ts";
import { corsOrigins } from "./cross-origin.ts";

const ORIGIN = "https://map.example.org";
const GET_PROJECT = "/tessera.project.v1.ProjectService/GetProject";

let passed: OauthEndpoints;
const behind = createServer((_, response) => {
  response.writeHead(200, { "content-type": "application/json", vary: "Cookie" }).end("{}");
});
const gateways = {} as Record<"none" | "some" | "like" | "all", TestGateway>;

beforeAll(async () => {
  behind.listen(0, "127.0.0.1");
  await once(behind, "listening");
  passed = oauthEndpoints(`http://127.0.0.1:${(behind.address() as AddressInfo).port}`);
  for (const [name, origins] of [
    ["none", []],
    ["some", ["https://other.example.org", ORIGIN]],
    ["like", corsOrigins.parse("https://*.example.org,http://localhost:*")],
    ["all", "*"],
  ] as const) {
    gateways[name] = await testGateway(
      (router) => {
        router.service(ProjectService, { getProject: () => ({ project: { projectId: 7, revision: 3n } }) });
        router.service(TaskEventService, {
          watchTaskEvents: async function* () {
            yield { position: "p1" };
          },
        });
      },
      { corsOrigins: origins, oauth: passed },
    );
  }
});

afterAll(async () => {
  await Promise.all(Object.values(gateways).map((it) => it.stop()));
  passed.stop();
  behind.closeAllConnections();
  behind.close();
});

const preflight = (origin: string, method = "PUT") => ({
  headers: {
    origin,
    "access-control-request-method": method,
    "access-control-request-headers": "authorization,content-type,idempotency-key,if-match,prefer",
  },
});

/** The kinds of what answers. */
const PATHS = [
  ["REST", "/v1/projects/7"],
  ["a path that is not", "/v1/nothing"],
  ["Connect and gRPC-Web", GET_PROJECT],
  ["OAuth", "/oauth2/token"],
  ["keys", "/.well-known/jwks.json"],
  ["health", "/health/ready"],
  ["the description", "/openapi.json"],
  ["what problems mean", "/problems/task-locked"],
  ["the landing page", "/"],
] as const;

describe.each(PATHS)("%s", (_, path) => {
  test("a preflight is answered, and kept", async () => {
    const { status, headers, text } = await gateways.some.ask("OPTIONS", path, preflight(ORIGIN));
    expect([status, text]).toEqual([204, ""]);
    expect(headers["access-control-allow-origin"]).toBe(ORIGIN);
    expect(headers["access-control-allow-methods"]?.split(",")).toEqual(
      expect.arrayContaining(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]),
    );
    const allowed = headers["access-control-allow-headers"]?.toLowerCase().split(",");
    expect(allowed).toEqual(
      expect.arrayContaining([
        ...["authorization", "content-type", "idempotency-key", "if-match", "if-none-match", "prefer"],
        ...["accept-language", "cache-control", "content-encoding", "if-range", "range"],
        ...["last-event-id", "connect-protocol-version", "connect-timeout-ms", "x-grpc-web", "grpc-timeout"],
      ]),
    );
    expect(Number(headers["access-control-max-age"])).toBeGreaterThan(0);
    expect(headers.vary).toBe("Origin");
    expect(headers["access-control-allow-credentials"]).toBeUndefined();
    expect(headers["request-id"]).toBeDefined();
  });

  test("another origin is allowed nothing", async () => {
    const { headers } = await gateways.some.ask("OPTIONS", path, preflight("https://evil.example.org"));
    expect(headers["access-control-allow-origin"]).toBeUndefined();
    expect(headers.vary).toBe("Origin");
    const answer = await gateways.some.ask("GET", path, { headers: { origin: "https://evil.example.org" } });
    expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
    expect(answer.headers.vary).toMatch(/(^|, )Origin/);
  });

  test("answers and problems can be read", async () => {
    const { headers } = await gateways.some.ask("GET", path, { headers: { origin: ORIGIN } });
    expect(headers["access-control-allow-origin"]).toBe(ORIGIN);
    expect(headers.vary).toMatch(/(^|, )Origin/);
    const exposed = headers["access-control-expose-headers"]?.split(",");
    expect(exposed).toEqual(
      expect.arrayContaining([
        ...["ETag", "Location", "Link", "Request-Id", "Retry-After", "Idempotent-Replayed"],
        ...[
          ...[
            "Deprecation",
            "Sunset",
            "Content-Disposition",
            "Content-Language",
            "Content-Range",
            "Accept-Ranges",
          ],
          "Preference-Applied",
          "RateLimit",
          "RateLimit-Policy",
          "WWW-Authenticate",
          "Grpc-Status",
          "Grpc-Message",
        ],
      ]),
    );
  });

  test("with * any origin may read, without credentials", async () => {
    const { headers } = await gateways.all.ask("OPTIONS", path, preflight("https://any.example.org"));
    expect(headers["access-control-allow-origin"]).toBe("*");
    expect(headers["access-control-allow-credentials"]).toBeUndefined();
    expect(headers.vary).toBeUndefined();
  });

  test("without origins nothing is said of them", async () => {
    const answers = [
      await gateways.none.ask("OPTIONS", path, preflight(ORIGIN)),
      await gateways.none.ask("GET", path, { headers: { origin: ORIGIN } }),
    ];
    for (const { headers } of answers) {
      expect(Object.keys(headers).filter((it) => it.startsWith("access-control"))).toEqual([]);
    }
  });
});

test("an answer keeps its other Vary headers", async () => {
  const vary = async (path: string, headers: Record<string, string> = {}) =>
    (await gateways.some.ask("GET", path, { headers: { origin: ORIGIN, ...headers } })).headers.vary;
  expect(await vary("/v1/projects/7")).toBe(
    "Origin, Accept, Authorization, Accept-Language, Accept-Encoding",
  );
  expect(await vary("/v1/task-events", { accept: "text/event-stream" })).toBe(
    "Origin, Accept, Authorization",
  );
  expect(await vary("/.well-known/jwks.json")).toBe("Origin, Cookie");
});

test("by Connect a page of an origin reads answers and refusals", async () => {
  const headers = { origin: ORIGIN, "content-type": "application/json", "connect-protocol-version": "1" };
  const { ask } = gateways.some;
  const answered = await ask("POST", GET_PROJECT, { headers, body: '{"projectId":7}' });
  const refused = await ask("POST", GET_PROJECT, { headers, body: "no JSON" });
  expect([answered.status, refused.status]).toEqual([200, 400]);
  for (const answer of [answered, refused]) {
    expect(answer.headers["access-control-allow-origin"]).toBe(ORIGIN);
    expect(answer.headers.vary).toBe("Origin");
  }
});

test("OPTIONS that is no preflight says what the path takes", async () => {
  const { status, headers } = await gateways.some.ask("OPTIONS", "/v1/projects/7", {
    headers: { origin: ORIGIN },
  });
  expect([status, headers.allow]).toEqual([204, "DELETE, GET, HEAD, OPTIONS, PATCH"]);
  expect(headers["access-control-allow-origin"]).toBe(ORIGIN);
});

test.each([
  ["https://map.example.org", true],
  ["https://a.map.example.org", false],
  ["https://example.org", false],
  ["https://mapXexample.org", false],
  ["https://evil.test/.example.org", false],
  ["http://map.example.org", false],
  ["http://localhost", true],
  ["http://localhost:5173", true],
  ["http://localhost.evil.test", false],
  ["null", false],
])(
  "with https://*.example.org and http://localhost:*, the origin %s is allowed: %s",
  async (origin, isAllowed) => {
    const { headers } = await gateways.like.ask("GET", "/v1/projects/7", { headers: { origin } });
    expect(headers["access-control-allow-origin"]).toBe(isAllowed ? origin : undefined);
    expect(headers.vary).toMatch(/(^|, )Origin/);
  },
);

test("a page without an origin of its own, as a file is, may read where all may", async () => {
  const { headers } = await gateways.all.ask("GET", "/v1/projects/7", { headers: { origin: "null" } });
  expect(headers["access-control-allow-origin"]).toBe("*");
});
