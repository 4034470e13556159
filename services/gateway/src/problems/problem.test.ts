import { Code, ConnectError } from "@connectrpc/connect";
import { allReasons, reasonFacts, reasonNamed } from "@tessera/contracts/reason-facts.ts";
import { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import { Refusal, refusals } from "@tessera/rpc/refusal.ts";
import { refusalToError } from "@tessera/rpc/refusal-wire.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TestGateway, testGateway } from "../testing/gateway.ts";

let gateway: TestGateway;
let failure: () => unknown;

beforeAll(async () => {
  const fail = () => {
    throw failure();
  };
  gateway = await testGateway((router) => {
    router.service(AuthService, { getCurrentUser: fail, createSession: fail });
    router.service(ProjectService, {
      updateProject: fail,
      createProject: fail,
      getProject: fail,
      listProjects: fail,
    });
  });
});
afterAll(() => gateway.stop());

describe("a refusal", () => {
  test.each(allReasons())("$name is a problem of its own type", async (reason) => {
    const [key] = reason.metadataKeys;
    const metadata = key === undefined ? {} : { [key]: "x" };
    failure = () =>
      refusalToError(new Refusal(reason, { metadata, detail: "What is particular.", retryAfterMs: 1_200 }));
    // The gateway's own reasons are of requests with a body too.
    const { status, headers, json } = await gateway.ask("POST", "/v1/sessions?", { body: { name: "Ann" } });
    expect(json).toEqual({
      type: `/problems/${reason.name.toLowerCase().replaceAll("_", "-")}`,
      title: reason.title,
      status: reason.httpStatus,
      detail: "What is particular.",
      instance: "/v1/sessions",
      reason: reason.name,
      domain: reason.domain,
      ...(key !== undefined && { metadata }),
      retryable: reason.retryable,
      request_id: headers["request-id"],
    });
    expect([status, headers["content-type"]]).toEqual([reason.httpStatus, "application/problem+json"]);
    expect([headers["retry-after"], headers["cache-control"]]).toEqual(["2", "no-store"]);
    const page = await gateway.ask("GET", json.type);
    expect(page.json).toMatchObject({
      reason: reason.name,
      status,
      title: reason.title,
      metadata_keys: reason.metadataKeys,
    });
  });

  const refuse = refusals(ReasonSchema);
  const violation = (field: string) => ({ field, description: "is wrong", rule: "r" });

  test.each([
    ["project.area", { pointer: "/area" }],
    ["project.area.coordinates[3]", { pointer: "/area/coordinates/3" }],
    ['project.labels["a.b/c"].x', { pointer: "/labels/a.b~1c/x" }],
    ["project", { pointer: "" }],
    ["project.project_id", { parameter: "project.project_id" }],
    ["update_mask", { pointer: "" }],
    ["update_mask.paths[0]", { pointer: "" }],
    ["request_id", { header: "Idempotency-Key" }],
    ["expected_revision", { header: "If-Match" }],
  ])("of the field %s says where in the request it is", async (field, location) => {
    failure = () => refusalToError(refuse(Reason.FIELD_INVALID, { violations: [violation(field)] }));
    const { json } = await gateway.ask("PATCH", "/v1/projects/7", {
      body: {},
      headers: { "if-match": '"1"' },
    });
    expect(json.errors).toEqual([{ ...location, detail: "is wrong", rule: "r" }]);
  });

  test("of a query parameter or of a whole body says so too", async () => {
    failure = () =>
      refusalToError(
        refuse(Reason.FIELD_INVALID, {
          violations: [violation("page_size"), violation("tags[1]"), violation("")],
        }),
      );
    const list = await gateway.ask("GET", "/v1/projects");
    expect(list.json.errors).toMatchObject([
      { parameter: "page_size" },
      { parameter: "tags" },
      { pointer: "" },
    ]);
    failure = () => refusalToError(refuse(Reason.FIELD_INVALID, { violations: [violation("name")] }));
    const session = await gateway.ask("POST", "/v1/sessions", { body: {} });
    expect(session.json.errors).toMatchObject([{ pointer: "/name" }]);
  });

  test("for want of a token says which scheme, and whether the one sent was bad", async () => {
    failure = () => refusalToError(refuse(Reason.TOKEN_MISSING));
    const missing = await gateway.ask("GET", "/v1/users/me");
    const invalid = await gateway.ask("GET", "/v1/users/me", { headers: { authorization: "Bearer x" } });
    expect(missing.headers["www-authenticate"]).toBe('Bearer realm="tessera"');
    expect(invalid.headers["www-authenticate"]).toBe('Bearer error="invalid_token"');
  });

  test("of a service that is newer than the gateway is shown as its code", async () => {
    const reason = { ...reasonFacts(ReasonSchema, Reason.CONTENDED), name: "BRAND_NEW" };
    failure = () => refusalToError(new Refusal(reason));
    const { json } = await gateway.ask("GET", "/v1/users/me");
    expect(json).toMatchObject({ type: "/problems/brand-new", status: 409, reason: "BRAND_NEW" });
  });
});

describe("an error without a reason", () => {
  test.each([
    [Code.Unavailable, 503, true],
    [Code.DeadlineExceeded, 504, true],
    [Code.Unimplemented, 501, false],
    [Code.Internal, 500, false],
    [Code.Unknown, 500, false],
    [Code.DataLoss, 500, false],
    [Code.Canceled, 499, false],
  ])("of code %i is a plain problem of status %i", async (code, status, retryable) => {
    failure = () => new ConnectError("secret at 10.0.0.3:5432", code);
    const answer = await gateway.ask("GET", "/v1/users/me");
    expect(answer.status).toBe(status);
    expect(answer.json).toMatchObject({ type: "about:blank", status, retryable, instance: "/v1/users/me" });
    expect(answer.text).not.toContain("10.0.0.3");
  });

  test("thrown by a bug says nothing of the inside", async () => {
    failure = () => new TypeError("cannot read properties of undefined (reading 'secret')");
    const answer = await gateway.ask("GET", "/v1/users/me");
    expect([answer.status, answer.json.title]).toEqual([500, "Internal Server Error"]);
    expect(answer.text).not.toContain("secret");
  });
});

describe("the gateway's own", () => {
  test.each([
    ["GET", "/v1/nothing", {}, "ROUTE_NOT_FOUND", {}],
    ["GET", "/v0", {}, "ROUTE_NOT_FOUND", {}],
    ["GET", "/v1/projects/", {}, "ROUTE_NOT_FOUND", {}],
    ["GET", "/V1/projects", {}, "ROUTE_NOT_FOUND", {}],
    ["GET", "/v1//projects", {}, "ROUTE_NOT_FOUND", {}],
    ["GET", "/nowhere/%zz", {}, "ROUTE_NOT_FOUND", {}],
    ["GET", "/problems/no-such", {}, "ROUTE_NOT_FOUND", {}],
    ["OPTIONS", "/v1/nothing", {}, "ROUTE_NOT_FOUND", {}],
    ["PUT", "/v1/projects", {}, "METHOD_NOT_ALLOWED", { allow: "GET, HEAD, OPTIONS, POST" }],
    ["TRACE", "/v1/projects", {}, "METHOD_NOT_ALLOWED", { allow: "GET, HEAD, OPTIONS, POST" }],
    ["POST", "/health/live", {}, "METHOD_NOT_ALLOWED", { allow: "GET, HEAD, OPTIONS" }],
    ["GET", "/v1/projects", { accept: "text/html" }, "NOT_ACCEPTABLE", {}],
    ["GET", "/v1/projects?f=xyz", {}, "NOT_ACCEPTABLE", {}],
    ["GET", "/problems", { accept: "image/png" }, "NOT_ACCEPTABLE", {}],
    ["POST", "/v1/projects", { "content-type": "text/xml" }, "UNSUPPORTED_MEDIA_TYPE", {}],
    ["POST", "/v1/projects", { "content-encoding": "compress" }, "UNSUPPORTED_MEDIA_TYPE", {}],
    ["POST", "/v1/sessions", {}, "BODY_MALFORMED", {}],
    ["GET", "/v1/projects/x", {}, "REQUEST_MALFORMED", {}],
    ["GET", "/v1/projects?x=1", {}, "FIELD_UNREADABLE", {}],
    ["PATCH", "/v1/projects/7", {}, "PRECONDITION_REQUIRED", {}],
  ])("%s %s %j is %s", async (method, path, headers, reason, expected) => {
    const body = method === "POST" && path.startsWith("/v1/") ? { body: "{" } : {};
    const answer = await gateway.ask(method, path, { headers: headers as never, ...body });
    const facts = reasonNamed(reason);
    expect(answer.json).toMatchObject({
      reason,
      domain: "gateway.tessera",
      title: facts?.title,
      status: facts?.httpStatus,
    });
    expect(answer.headers).toMatchObject({ "content-type": "application/problem+json", ...expected });
    expect(answer.headers["request-id"]).toBe(answer.json.request_id);
  });

  test("are asked for by HEAD without a body", async () => {
    const { status, text } = await gateway.ask("HEAD", "/v1/nothing");
    expect([status, text]).toEqual([404, ""]);
  });
});

describe("the pages of problems", () => {
  test("are listed, and are HTML for browsers", async () => {
    const list = await gateway.ask("GET", "/problems");
    expect(list.json.problems).toHaveLength(allReasons().length);
    const html = await gateway.ask("GET", "/problems/task-locked", {
      headers: { accept: "text/html,*/*;q=0.8" },
    });
    expect(html.headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(html.text).toContain("<h1>Somebody holds the task</h1>");
    expect((await gateway.ask("GET", "/problems", { headers: { accept: "text/html" } })).text).toContain(
      "/problems/task-locked",
    );
  });

  test("name the requests that may meet them", async () => {
    const { json } = await gateway.ask("GET", "/problems/too-many-area-uploads");
    expect(json.answered_by).toEqual(["POST /v1/area-uploads"]);
    const failed = await gateway.ask("GET", "/problems/reconciliation-superseded");
    expect(failed.json.answered_by).toEqual([expect.stringMatching(/^the operation of POST /)]);
  });

  test.each(allReasons())(
    "say what $name means and what to do about it, with an example",
    async ({ name }) => {
      const { json } = await gateway.ask("GET", `/problems/${name.toLowerCase().replaceAll("_", "-")}`);
      const sentences = json.what_to_do.split(/(?<=\.) /);
      // The last one says whether the same request may succeed.
      expect(sentences.length).toBeGreaterThan(1);
      expect(json.meaning).toMatch(/^[A-Z].*nothing has changed\.$/);
      expect(json.example).toMatchObject({ type: json.type, reason: name, status: json.status });
      expect(Object.keys(json.example.metadata ?? {})).toEqual(json.metadata_keys);
    },
  );
});

test("each request is one line of log, without query, token or body", async () => {
  failure = () => new ConnectError("", Code.Unavailable);
  const before = gateway.lines.length;
  await gateway.ask("POST", "/v1/sessions", {
    body: { name: "canary-body" },
    headers: { authorization: "Bearer canary-token" },
  });
  await gateway.ask("GET", "/v1/projects?page_token=canary-query");
  await expect.poll(() => gateway.lines.length).toBe(before + 2);
  const [first] = gateway.lines.slice(before);
  expect(first).toMatchObject({ method: "POST", route: "/v1/sessions", status: 503, msg: "request" });
  expect(first).toHaveProperty("duration_ms");
  expect(JSON.stringify(gateway.lines)).not.toContain("canary");
});
