import type { MessageInitShape } from "@bufbuild/protobuf";
import { type OperationSchema, OperationState } from "@tessera/contracts/tessera/rpc/v1/operation_pb.ts";
import { OperationService } from "@tessera/contracts/tessera/task/v1/operation_service_pb.ts";
import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestGateway, testGateway } from "../testing/gateway.ts";

const NAME = "projects/7/operations/3";
const ERROR = {
  reason: "TOO_MANY_TASKS",
  domain: "task.tessera",
  message: "too many",
  metadata: { limit: "300", zoom: "22" },
};

let gateway: TestGateway;
let operation: MessageInitShape<typeof OperationSchema>;

beforeAll(async () => {
  gateway = await testGateway((router) => {
    router.service(TaskService, { createTasks: () => ({ acknowledgement: { name: NAME, revision: 1n } }) });
    router.service(OperationService, { getOperation: () => ({ operation }) });
  });
});
afterAll(() => gateway.stop());

const ended = (state: OperationState, others: MessageInitShape<typeof OperationSchema> = {}) => {
  operation = { name: NAME, done: true, revision: 3n, state, ...others };
};
const start = (prefer: string) =>
  gateway.ask("POST", "/v1/projects/7/tasks", { body: { zoom: 22 }, headers: { prefer } });

test.each(["wait=10", "return=minimal, wait=10", "return=representation, wait=10"])(
  "with Prefer: %s an operation that fails is answered by its problem, with the operation in it",
  async (prefer) => {
    ended(OperationState.FAILED, { error: ERROR, doneCount: 2 });
    const { status, headers, text } = await start(prefer);
    expect([status, headers["content-type"]]).toEqual([422, "application/problem+json"]);
    expect(headers).toMatchObject({ location: `/v1/${NAME}`, "preference-applied": "wait=10" });
    expect(headers["idempotency-key"]).toBeDefined();
    expect(headers).not.toHaveProperty("retry-after");
    expect(headers).not.toHaveProperty("etag");
    expect(JSON.parse(text)).toMatchObject({
      type: "/problems/too-many-tasks",
      title: "The area would be cut into too many tasks",
      status: 422,
      detail: ERROR.message,
      instance: "/v1/projects/7/tasks",
      reason: ERROR.reason,
      domain: ERROR.domain,
      metadata: ERROR.metadata,
      retryable: false,
      request_id: headers["request-id"],
      operation: { name: NAME, done: true, done_count: 2, error: { reason: ERROR.reason } },
    });
    await expect.poll(() => gateway.lines.at(-1)).toMatchObject({ status: 422, reason: ERROR.reason });
  },
);

test("the operation itself is a document like any other", async () => {
  ended(OperationState.FAILED, { error: ERROR });
  const { status, json } = await gateway.ask("GET", `/v1/${NAME}`);
  expect([status, json.state]).toEqual([200, "OPERATION_STATE_FAILED"]);
});

test("an operation that fails by an internal fault says no more than that", async () => {
  ended(OperationState.FAILED, { error: { message: "internal" } });
  const { status, text } = await start("wait=10");
  const problem = JSON.parse(text);
  expect([status, problem.type, problem.operation.name]).toEqual([500, "about:blank", NAME]);
  for (const name of ["reason", "detail", "metadata"]) expect(problem).not.toHaveProperty(name);
});

test("an operation that is cancelled, or succeeds, is returned", async () => {
  for (const [state, shown] of [
    [OperationState.CANCELLED, "OPERATION_STATE_CANCELLED"],
    [OperationState.SUCCEEDED, "OPERATION_STATE_SUCCEEDED"],
  ] as const) {
    ended(state);
    const { status, headers, json } = await start("wait=10");
    expect([status, headers.etag, json.state]).toEqual([200, '"3"', shown]);
  }
});
