import { SERVICES } from "@tessera/contracts/catalogue.ts";
import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import { LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { refusals } from "@tessera/rpc/refusal.ts";
import { refusalToError } from "@tessera/rpc/refusal-wire.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { raw, type TestGateway, testGateway } from "../testing/gateway.ts";

const LOCK = "/tessera.task.v1.LockService/LockTask";
const GET_TASK = "/tessera.task.v1.TaskService/GetTask";
const refuse = refusals(ReasonSchema);
let gateway: TestGateway;
let dueTime: bigint | undefined;

beforeAll(async () => {
  gateway = await testGateway((router) => {
    router.service(ProjectService, {
      createProject: ({ project }) => {
        dueTime = project?.dueTime?.seconds;
        return {};
      },
    });
    router.service(LockService, {
      lockTask: () => {
        throw refusalToError(refuse(Reason.SCOPE_MISSING, { metadata: { scope: "tasks:write" } }));
      },
    });
    router.service(TaskService, { getTask: ({ taskId }) => ({ task: { taskId } }) });
  });
});
afterAll(() => gateway.stop());

const paths = SERVICES.flatMap(({ typeName, methods }) =>
  methods.filter((rpc) => rpc.methodKind === "unary").map((rpc) => `/${typeName}/${rpc.name}`),
);
const BROKEN = Buffer.from([0x0a, 0xff]);

test("a message that is none is MESSAGE_MALFORMED for every RPC, with the headers of REST", async () => {
  for (const path of paths) {
    for (const [type, body] of [
      ["application/proto", BROKEN],
      ["application/json", Buffer.from("{")],
    ] as const) {
      const { status, headers, json } = await gateway.ask("POST", path, {
        body,
        headers: { "content-type": type },
      });
      expect([path, status, json.code]).toEqual([path, 400, "invalid_argument"]);
      expect(
        json.details[0].debug?.reason ?? Buffer.from(json.details[0].value, "base64").toString(),
      ).toContain("MESSAGE_MALFORMED");
      expect(headers).toMatchObject({ "cache-control": "no-store", "x-content-type-options": "nosniff" });
    }
  }
});

test.each([
  ["a broken message", Buffer.from([0, 0, 0, 0, 2, ...BROKEN])],
  ["a flag of compression that lies", Buffer.from([1, 0, 0, 0, 0])],
  ["an envelope that ends early", Buffer.from([0, 0, 0, 0, 9, 1])],
])("over gRPC-Web, %s is INVALID_ARGUMENT", async (_, body) => {
  const headers = { "content-type": "application/grpc-web+proto" };
  const { headers: answered, text } = await gateway.ask("POST", LOCK, { body, headers });
  expect(`${answered["grpc-status"] ?? ""}${text}`).toMatch(/^3$|grpc-status: 3/);
});

test("a query may be a GET, whose message can be broken too", async () => {
  const get = (query: string) => gateway.ask("GET", `${GET_TASK}?connect=v1&${query}`);
  const good = await get(`encoding=json&message=${encodeURIComponent('{"projectId":7,"taskId":42}')}`);
  expect([good.status, good.json.task.taskId]).toEqual([200, 42]);
  for (const query of ["encoding=proto&base64=1&message=Cv8", "encoding=json&message=%7B"]) {
    expect((await get(query)).json).toMatchObject({ code: "invalid_argument" });
  }
});

test.each([
  ["2027-02-28t00:00:00z", 200],
  ["2027-02-30T00:00:00Z", 400],
  ["2027-02-28T24:00:00Z", 400],
])("a time in Connect JSON is as in REST: %s", async (time, status) => {
  dueTime = undefined;
  const body = { requestId: "k", project: { dueTime: time } };
  const answer = await gateway.ask("POST", "/tessera.project.v1.ProjectService/CreateProject", { body });
  expect(answer.status).toBe(status);
  if (status === 200) expect(dueTime).toBe(BigInt(Date.UTC(2027, 1, 28) / 1000));
  else expect(answer.json.message).toContain("project.due_time");
});

test.each([
  ["PUT", LOCK, "OPTIONS, POST"],
  ["GET", LOCK, "OPTIONS, POST"],
  ["DELETE", GET_TASK, "GET, OPTIONS, POST"],
])("%s %s is not allowed, and Allow says what is", async (method, path, allow) => {
  const { status, headers } = await gateway.ask(method, path);
  expect([status, headers.allow]).toEqual([405, allow]);
});

test("the refusal of a token that is too narrow names the missing scope, over Connect and REST", async () => {
  const connect = await gateway.ask("POST", LOCK, { body: {}, headers: { authorization: "Bearer t" } });
  const body = { purpose: "LOCK_PURPOSE_MAPPING" };
  const rest = await gateway.ask("PUT", "/v1/projects/7/tasks/42/lock", {
    body,
    headers: { authorization: "Bearer t" },
  });
  const challenge = 'Bearer error="insufficient_scope", scope="tasks:write"';
  for (const { status, headers } of [connect, rest])
    expect([status, headers["www-authenticate"]]).toEqual([403, challenge]);
});

test.each([
  ["two hosts", "Host: a\r\nHost: a\r\n"],
  ["no host", ""],
  ["two tokens", "Host: a\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b\r\n"],
  ["a host that is none", "Host: a, b\r\n"],
])("a request with %s is malformed at every path", async (_, lines) => {
  for (const path of ["/v1/projects", LOCK, "/health/live"]) {
    const text = await raw(gateway.url, `POST ${path} HTTP/1.1\r\n${lines}Connection: close\r\n\r\n`);
    expect(text).toMatch(/^HTTP\/1\.1 400/);
  }
});
