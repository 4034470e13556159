import { SERVICES } from "@tessera/contracts/catalogue.ts";
import { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import { LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import { ANONYMOUS } from "@tessera/rpc/caller.ts";
import { refusals } from "@tessera/rpc/refusal.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { callerFinder } from "../find-caller.ts";
import { holdsGeometry } from "../routes/geometry-field.ts";
import { routesOf } from "../routes/route-table.ts";
import { raw, type TestGateway, testGateway } from "../testing/gateway.ts";

const refuse = refusals(ReasonSchema);
const PERSON = { ...ANONYMOUS, userId: 7n, scopes: new Set(["tasks:write", "tasks:read"]) };
const SIGNED_IN = { authorization: "Bearer good" };
let gateway: TestGateway;
let created = 0;

beforeAll(async () => {
  const verify = (token: string) => {
    if (token !== "good") throw refuse(Reason.TOKEN_INVALID);
    return PERSON;
  };
  gateway = await testGateway(
    (router) => {
      router.service(AuthService, {
        createSession: () => {
          created += 1;
          return { acknowledgement: { name: "sessions/s", revision: 1n } };
        },
      });
      router.service(LockService, { lockTasks: () => ({}) });
    },
    {
      findCaller: callerFinder(() => verify),
      limits: { bodyMaxBytes: 8 * 1024 * 1024, bodyTimeoutMs: 60_000 },
    },
  );
});

afterAll(() => gateway.stop());

const HALF_SENT = "Host: x\r\nConnection: close\r\nContent-Length: 1000000\r\n\r\n{";

test.each([
  ["REST", "/v1/projects/7/locks", "application/json", /^HTTP\/1\.1 401[\s\S]*"reason":"TOKEN_MISSING"/],
  [
    "Connect",
    "/tessera.task.v1.LockService/LockTasks",
    "application/json",
    /^HTTP\/1\.1 401[\s\S]*"code":"unauthenticated"/,
  ],
  [
    "Connect, streaming",
    "/tessera.project.v1.AreaService/CreateAreaUpload",
    "application/connect+proto",
    /^HTTP\/1\.1 200[\s\S]*"code":"unauthenticated"/,
  ],
  [
    "gRPC-Web",
    "/tessera.task.v1.LockService/LockTasks",
    "application/grpc-web+proto",
    /^HTTP\/1\.1 200[\s\S]*grpc-status: 16/,
  ],
])("over %s, a body without a token is answered before it arrived", async (_, path, type, expected) => {
  const text = await raw(gateway.url, `POST ${path} HTTP/1.1\r\nContent-Type: ${type}\r\n${HALF_SENT}`);
  expect(text).toMatch(expected);
});

test("a body is not read if the token is not valid", async () => {
  const headers = { authorization: "Bearer bad", "content-type": "application/json" };
  const { status, json } = await gateway.ask("POST", "/v1/projects/7/locks", { headers, body: "{" });
  expect([status, json.reason]).toEqual([401, "TOKEN_INVALID"]);
});

test("a list that is too long is reported by its length, without its elements", async () => {
  const body = JSON.stringify({ task_ids: [...Array(100_000).keys(), "x"] });
  const headers = { ...SIGNED_IN, "content-type": "application/json" };
  const { status, json } = await gateway.ask("POST", "/v1/projects/7/locks", { headers, body });
  expect([status, json.reason]).toEqual([422, "FIELD_INVALID"]);
  expect(json.errors).toEqual([
    {
      pointer: "/task_ids",
      detail: expect.stringMatching(/^must contain no more than \d+ item/),
      rule: "repeated.max_items",
    },
  ]);
});

test("faults are not looked for when 20 were found", async () => {
  const body = Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`x${at}`, 1]));
  const { json } = await gateway.ask("POST", "/v1/sessions", { body });
  expect(json.errors.length).toBe(20);
});

test("an object of very many names is not taken apart", async () => {
  const body = Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`x${at}`, 1]));
  const { status, json } = await gateway.ask("POST", "/v1/sessions", { body });
  expect([status, json.errors[0].rule]).toEqual([400, "body.names"]);
});

test("a body may be as large as its RPC's contract says, by default 1 MiB", async () => {
  const { status, json } = await gateway.ask("POST", "/v1/sessions", {
    body: { name: "x".repeat(1024 * 1024) },
  });
  expect([status, json.metadata.limit_bytes]).toEqual([413, String(1024 * 1024)]);
  expect(created).toBe(0);
});

test("every route that takes an area says how large its body may be, and no other says more", () => {
  const routes = SERVICES.flatMap((it) => it.methods)
    .flatMap(routesOf)
    .filter((it) => it.body !== "none" && it.upload === undefined);
  const large = routes.filter((it) => it.bodyMaxBytes > 1024 * 1024);
  expect(large).toEqual(routes.filter((it) => holdsGeometry(it.rpc.input)));
});
