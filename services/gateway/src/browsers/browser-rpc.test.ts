import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { ErrorInfoSchema } from "@tessera/contracts/google/rpc/error_details_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/task/v1/reason_pb.ts";
import { TaskEventService } from "@tessera/contracts/tessera/task/v1/task_event_service_pb.ts";
import { refusals } from "@tessera/rpc/refusal.ts";
import { refusalToError } from "@tessera/rpc/refusal-wire.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TestGateway, testGateway } from "../testing/gateway.ts";

const refuse = refusals(ReasonSchema);
let gateway: TestGateway;
let passed: Record<string, string> = {};

beforeAll(async () => {
  gateway = await testGateway((router) => {
    router.service(LockService, {
      lockTask: (request, { requestHeader, timeoutMs }) => {
        passed = { ...Object.fromEntries(requestHeader), timeoutMs: String(timeoutMs()) };
        if (request.taskId === 2)
          throw refusalToError(refuse(Reason.TASK_LOCKED, { metadata: { holder_user_id: "5" } }));
        if (request.taskId === 3) throw new ConnectError("10.0.0.3 is gone", Code.Unavailable);
        return { token: 9n };
      },
    });
    router.service(TaskEventService, {
      watchTaskEvents: async function* () {
        yield { position: "p1" };
        yield { position: "p2" };
      },
    });
  });
});
afterAll(() => gateway.stop());

describe.each(["Connect", "gRPC-Web"])("by %s", (protocol) => {
  const client = () => {
    const options = { baseUrl: gateway.url, httpVersion: "1.1" as const };
    const transport =
      protocol === "Connect" ? createConnectTransport(options) : createGrpcWebTransport(options);
    return { ...createClient(LockService, transport), ...createClient(TaskEventService, transport) };
  };
  const request = { requestId: "k", projectId: 7, taskId: 1, purpose: LockPurpose.MAPPING };

  test("a call reaches its service with the caller's token and deadline, and nothing else", async () => {
    const headers = { authorization: "Bearer t", "x-user-id": "1" };
    expect((await client().lockTask(request, { headers, timeoutMs: 2_000 })).token).toBe(9n);
    expect(passed.authorization).toBe("Bearer t");
    expect(passed["x-user-id"]).toBeUndefined();
    expect(Number(passed.timeoutMs)).toBeLessThanOrEqual(2_000);
  });

  test("a refusal arrives unchanged", async () => {
    const error = (await client()
      .lockTask({ ...request, taskId: 2 })
      .catch(ConnectError.from)) as ConnectError;
    expect(error.code).toBe(Code.FailedPrecondition);
    expect(error.rawMessage).toBe("Somebody holds the task");
    expect(error.findDetails(ErrorInfoSchema)).toMatchObject([
      { reason: "TASK_LOCKED", domain: "task.tessera", metadata: { holder_user_id: "5" } },
    ]);
  });

  test("an error without a reason arrives as its code", async () => {
    const error = (await client()
      .lockTask({ ...request, taskId: 3 })
      .catch(ConnectError.from)) as ConnectError;
    expect([error.code, error.rawMessage]).toEqual([Code.Unavailable, ""]);
  });

  test("a stream arrives", async () => {
    const positions: string[] = [];
    for await (const { position } of client().watchTaskEvents({ projectId: 7 })) positions.push(position);
    expect(positions).toEqual(["p1", "p2"]);
  });

  test("a deadline that is too long is refused", async () => {
    await expect(client().lockTask(request, { timeoutMs: 60_000 })).rejects.toMatchObject({
      code: Code.InvalidArgument,
    });
  });

  test("a message that is too large is refused", async () => {
    const error = await client()
      .lockTask({ ...request, requestId: "x".repeat(1_100_000) })
      .catch(ConnectError.from);
    expect(error).toMatchObject({ code: Code.ResourceExhausted });
  });
});

const RPC = "/tessera.task.v1.LockService/LockTask";

test.each([
  ["{", 400],
  ['{"unknown":1}', 400],
  [Uint8Array.from([0x7b, 0xff]), 400],
  ['{"taskId":"x"}', 400],
])("Connect JSON that cannot be read is the caller's fault: %s", async (body, status) => {
  expect((await gateway.ask("POST", RPC, { body })).status).toBe(status);
});

test("a path below a service that no RPC has is not found", async () => {
  const { json } = await gateway.ask("POST", "/tessera.task.v1.TaskService/Nothing", { body: {} });
  expect(json).toMatchObject({ status: 404, reason: "ROUTE_NOT_FOUND" });
});
