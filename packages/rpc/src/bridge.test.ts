import {
  Code,
  type ConnectError,
  createClient,
  createRouterTransport,
  type Transport,
} from "@connectrpc/connect";
import { PERSON_SCOPES } from "@tessera/contracts/scopes.ts";
import { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { Reason as ProjectReason, ReasonSchema } from "@tessera/contracts/tessera/project/v1/reason_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ROOMS } from "./admission/admission.ts";
import { ANONYMOUS, callerOf } from "./caller.ts";
import { type Connection, connect } from "./connect.ts";
import { deadlineKey, onward } from "./deadline.ts";
import { guard } from "./guard.ts";
import { refusals } from "./refusal.ts";
import { refusalIn } from "./refusal-wire.ts";
import { type Serving, serve, served } from "./serve.ts";

const refuse = refusals(ReasonSchema);
const TOKEN = { headers: { authorization: "Bearer good" } };
const log = pino({ level: "silent" });
const verify = (token: string) => {
  if (token !== "good") throw refuse(ProjectReason.SIGN_IN_REQUIRED);
  return { ...ANONYMOUS, userId: 7n, sessionId: "s", scopes: new Set(PERSON_SCOPES) };
};
const translate = () => undefined;
const seen: { requestId?: string; leftMs?: number | undefined; aborted?: boolean; userId?: bigint } = {};

/** Behaves by the task id: what a handler may do, each in one number. */
const impl = {
  lockTask: async (request: { requestId: string; taskId: number }, context: never) => {
    seen.requestId = request.requestId;
    seen.userId = callerOf(context).userId;
    seen.leftMs = (context as { timeoutMs(): number }).timeoutMs();
    if (request.taskId === 2)
      throw refuse(ProjectReason.LEVEL_TOO_LOW, { metadata: { level: "1" }, retryAfterMs: 1_500 });
    if (request.taskId === 3) throw new Error("select secret from table");
    if (request.taskId === 4)
      await new Promise((resolve) =>
        (context as { signal: AbortSignal }).signal.addEventListener("abort", resolve),
      );
    if (request.taskId === 4) seen.aborted = true;
    return { token: BigInt(request.taskId) };
  },
  async *streamTasks(request: { projectId: number }) {
    // Project 3 never ends by itself.
    for (let taskId = 1; taskId <= 2_000 || request.projectId === 3; taskId++) {
      if (request.projectId === 3) await new Promise((resolve) => setImmediate(resolve));
      if (request.projectId === 2 && taskId === 3) throw refuse(ProjectReason.PROJECT_ARCHIVED);
      yield { tasks: [{ taskId }] };
    }
  },
} as never;

const options = {
  services: [served(LockService, impl), served(TaskService, impl)],
  verify,
  log,
  translate,
  ready: async () => {},
  host: "127.0.0.1",
  port: 0,
  drainMs: 0,
};

let serving: Serving;
let wire: Connection;
let memory: Transport;

beforeAll(async () => {
  serving = await serve(options);
  wire = connect(serving.address);
  const interceptors = [guard({ verify, log, translate })];
  memory = createRouterTransport(({ service }) =>
    service(LockService, impl, { interceptors }).service(TaskService, impl, { interceptors }),
  );
});

afterAll(async () => {
  wire.close();
  await serving.stop();
});

const lock = { projectId: 1, purpose: LockPurpose.MAPPING };

describe.each([
  ["on the wire of grpc-js", () => wire],
  ["in memory", () => memory],
])("%s", (_, transport) => {
  const client = () => ({
    ...createClient(LockService, transport()),
    ...createClient(TaskService, transport()),
  });
  const failure = (call: Promise<unknown>) =>
    call.then(
      () => undefined,
      (error: unknown) => error as ConnectError,
    );

  test("a handler's answer reaches the caller, and the handler knows who called", async () => {
    const response = await client().lockTask({ ...lock, requestId: "a", taskId: 1 }, TOKEN);
    expect(response.token).toBe(1n);
    expect(seen.userId).toBe(7n);
  });

  test("a refusal crosses with its reason, metadata and delay", async () => {
    const error = await failure(client().lockTask({ ...lock, requestId: "a", taskId: 2 }, TOKEN));
    expect(error?.code).toBe(Code.PermissionDenied);
    const refusal = refusalIn(error as ConnectError);
    expect(refusal?.reason).toMatchObject({
      name: "LEVEL_TOO_LOW",
      domain: "project.tessera",
      httpStatus: 403,
    });
    expect(refusal?.metadata).toEqual({ level: "1" });
    expect(refusal?.retryAfterMs).toBe(1_500);
  });

  test("a bug becomes an internal error without its text", async () => {
    const error = await failure(client().lockTask({ ...lock, requestId: "a", taskId: 3 }, TOKEN));
    expect(error?.code).toBe(Code.Internal);
    expect(error?.message).not.toContain("secret");
    expect(refusalIn(error as ConnectError)).toBeUndefined();
  });

  test("a caller that is not signed in is refused so before any fault of the request", async () => {
    const error = await failure(client().lockTask({ requestId: "", projectId: -1 }));
    expect(refusalIn(error as ConnectError)?.reason.name).toBe("TOKEN_MISSING");
  });

  test("every broken field rule is named", async () => {
    const error = await failure(
      client().lockTask({ requestId: "a", projectId: -1, taskId: 0, purpose: 9 as LockPurpose }, TOKEN),
    );
    const refusal = refusalIn(error as ConnectError);
    expect(refusal?.reason.name).toBe("FIELD_INVALID");
    expect(refusal?.violations.map(({ field, rule }) => `${field} ${rule}`)).toEqual([
      "project_id int32.gte",
      "task_id required",
      "purpose enum.defined_only",
    ]);
  });

  test("a stream arrives whole", async () => {
    let count = 0;
    for await (const { tasks } of client().streamTasks({ projectId: 1 })) count += tasks.length;
    expect(count).toBe(2_000);
  });

  test("a stream that fails says why after what it sent", async () => {
    const got: number[] = [];
    const error = await failure(
      (async () => {
        for await (const { tasks } of client().streamTasks({ projectId: 2 }))
          got.push(...tasks.map((it) => it.taskId));
      })(),
    );
    expect(got).toEqual([1, 2]);
    expect(refusalIn(error as ConnectError)?.reason.name).toBe("PROJECT_ARCHIVED");
  });
});

test("streams that their readers left count no longer among those under way", async () => {
  const few = await serve({ ...options, rooms: { ...ROOMS, streams: { most: 3, person: 3, address: 3 } } });
  const connection = connect(few.address);
  const client = createClient(TaskService, connection);
  for (let left = 0; left < 10; left++) {
    const controller = new AbortController();
    const reading = (async () => {
      for await (const _ of client.streamTasks({ projectId: 3 }, { signal: controller.signal }))
        controller.abort();
    })();
    await expect(reading).rejects.toMatchObject({ code: Code.Canceled });
  }
  connection.close();
  await few.stop();
});

test("a caller that sets no deadline gets the default, and the handler sees it", async () => {
  await createClient(LockService, wire).lockTask({ ...lock, requestId: "a", taskId: 1 }, TOKEN);
  expect(seen.leftMs).toBeGreaterThan(4_000);
  expect(seen.leftMs).toBeLessThanOrEqual(5_000);
});

test("a command without a request id gets one before its first try", async () => {
  await createClient(LockService, wire).lockTask({ ...lock, taskId: 1 }, TOKEN);
  expect(seen.requestId).toMatch(/^[0-9a-f-]{36}$/);
});

test("work stops when the caller leaves", async () => {
  seen.aborted = false;
  const controller = new AbortController();
  const call = createClient(LockService, wire).lockTask(
    { ...lock, taskId: 4 },
    { ...TOKEN, signal: controller.signal },
  );
  setTimeout(() => controller.abort(), 50);
  await expect(call).rejects.toMatchObject({ code: Code.Canceled });
  await expect.poll(() => seen.aborted).toBe(true);
});

test("a command with hardly any time left is refused, with a reason", async () => {
  const call = createClient(LockService, wire).lockTask({ ...lock, taskId: 1 }, { ...TOKEN, timeoutMs: 60 });
  const error = await call.catch((it: unknown) => it as ConnectError);
  expect(refusalIn(error as ConnectError)?.reason.name).toBe("DEADLINE_TOO_SHORT");
});

test("a deadline that passes is an error without a reason", async () => {
  const call = createClient(LockService, wire).lockTask({ ...lock, taskId: 4 }, { ...TOKEN, timeoutMs: 200 });
  const error = await call.catch((it: unknown) => it as ConnectError);
  expect((error as ConnectError).code).toBe(Code.DeadlineExceeded);
  expect(refusalIn(error as ConnectError)).toBeUndefined();
});

test("an onward call keeps a margin of the deadline and carries the caller's identity", () => {
  const context = {
    values: { get: (key: unknown) => (key === deadlineKey ? Date.now() + 1_000 : undefined) },
    signal: new AbortController().signal,
    requestHeader: new Headers({ authorization: "Bearer good", cookie: "no" }),
  };
  const options = onward(context as never);
  expect(options.timeoutMs).toBeGreaterThan(900);
  expect(options.timeoutMs).toBeLessThanOrEqual(980);
  expect(options.headers).toMatchObject({ authorization: "Bearer good" });
});

test("a service that is not there is UNAVAILABLE, without a reason", async () => {
  const nowhere = connect("127.0.0.1:1");
  const error = await createClient(ProjectService, nowhere)
    .getProject({ projectId: 1 }, { timeoutMs: 3_000 })
    .catch((it: unknown) => it as ConnectError);
  nowhere.close();
  expect([Code.Unavailable, Code.DeadlineExceeded]).toContain((error as ConnectError).code);
  expect(refusalIn(error as ConnectError)).toBeUndefined();
});

test("an RPC of a service that is not served here is unimplemented", async () => {
  await expect(createClient(AuthService, wire).getCurrentUser({}, TOKEN)).rejects.toMatchObject({
    code: Code.Unimplemented,
  });
});

test("a service that acts for a person reads the account but changes nothing of it, whatever scopes its token has", async () => {
  const acting = () => ({
    ...ANONYMOUS,
    userId: 7n,
    sessionId: "s",
    actor: "task",
    scopes: new Set(PERSON_SCOPES),
  });
  const transport = createRouterTransport(({ service }) =>
    service(
      AuthService,
      { getCurrentUser: () => ({}), revokeSessions: () => ({}) },
      { interceptors: [guard({ verify: acting, log, translate })] },
    ),
  );
  const auth = createClient(AuthService, transport);
  expect(await auth.getCurrentUser({}, TOKEN)).toBeDefined();
  const options = { ...TOKEN, timeoutMs: 5_000 };
  const refused = await auth
    .revokeSessions({ requestId: "a", userId: 7n }, options)
    .catch((it: ConnectError) => it);
  expect(refusalIn(refused as ConnectError)?.reason.name).toBe("SCOPE_MISSING");
});
