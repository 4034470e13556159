import { create } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { AcknowledgementSchema } from "@tessera/contracts/tessera/rpc/v1/acknowledgement_pb.ts";
import { LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/task/v1/reason_pb.ts";
import { SubmissionService } from "@tessera/contracts/tessera/task/v1/submission_service_pb.ts";
import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { refusals } from "@tessera/rpc/refusal.ts";
import { refusalToError } from "@tessera/rpc/refusal-wire.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type TestGateway, testGateway } from "../testing/gateway.ts";

const refuse = refusals(ReasonSchema);
const LOCK = "/v1/projects/7/tasks/42/lock";
const PURPOSE = { purpose: "LOCK_PURPOSE_MAPPING" };
let gateway: TestGateway;
let world: {
  held: boolean;
  /** Whether commands return their document. */
  returns: boolean;
  created: boolean;
  replayed: boolean;
  down: boolean;
  revision: bigint;
  keys: string[];
  tokens: (string | null)[];
};

beforeEach(() => {
  world = {
    held: true,
    returns: false,
    created: true,
    replayed: false,
    down: false,
    revision: 7n,
    keys: [],
    tokens: [],
  };
});
beforeAll(async () => {
  const acknowledge = (name: string, requestId: string) => {
    world.keys.push(requestId);
    const revision = name.endsWith("/subtasks") ? 0n : 7n;
    return create(AcknowledgementSchema, { name, requestId, revision, replayed: world.replayed });
  };
  gateway = await testGateway((router) => {
    router.service(LockService, {
      lockTask: ({ requestId, wantsDocument }) => ({
        acknowledgement: acknowledge("projects/7/tasks/42/lock", requestId),
        token: 3n,
        created: world.created,
        ...(wantsDocument && world.returns && { lock: { token: 3n, holderUserId: 5n, revision: 7n } }),
      }),
      extendLock: () => ({}),
      releaseLock: ({ requestId }) => ({
        acknowledgement: acknowledge("projects/7/tasks/42/lock", requestId),
      }),
      getLock: (_, { requestHeader }) => {
        world.tokens.push(requestHeader.get("authorization"));
        if (world.down) throw new ConnectError("10.0.0.3 refused the connection", Code.Unavailable);
        if (!world.held) throw refusalToError(refuse(Reason.LOCK_NOT_FOUND));
        return { lock: { token: 3n, holderUserId: 5n, revision: world.revision } };
      },
    });
    router.service(TaskService, {
      splitTask: ({ requestId }) => ({
        acknowledgement: acknowledge("projects/7/tasks/42/subtasks", requestId),
        taskIds: [43, 44],
      }),
      listSubtasks: () => ({ tasks: [{ taskId: 43 }, { taskId: 44 }] }),
    });
    router.service(SubmissionService, {
      submitTask: ({ requestId }) => ({ acknowledgement: acknowledge("some where/é", requestId) }),
    });
    router.service(AuthService, {
      createSession: ({ requestId }) => ({
        acknowledgement: acknowledge("sessions/s1", requestId),
        accessToken: "jwt",
      }),
      getSession: (_, { requestHeader }) => {
        world.tokens.push(requestHeader.get("authorization"));
        return { session: { sessionId: "s1", userId: 5n, revision: 7n } };
      },
    });
    router.service(ProjectService, {});
  });
});
afterAll(() => gateway.stop());

describe("a command is answered", () => {
  test("by the document of what it names, with 201 and its Location where it is new", async () => {
    const { status, headers, json } = await gateway.ask("PUT", LOCK, { body: PURPOSE });
    expect(status).toBe(201);
    expect(headers).toMatchObject({
      location: LOCK,
      etag: '"7"',
      "cache-control": "no-store",
      vary: "Prefer, Authorization",
    });
    expect(headers["preference-applied"]).toBeUndefined();
    expect(json).toMatchObject({ token: "3", holder_user_id: "5", revision: "7" });
    expect(json).not.toHaveProperty("acknowledgement");
  });

  test("with 200 where it was there already", async () => {
    world.created = false;
    const { status, headers } = await gateway.ask("PUT", LOCK, {
      body: PURPOSE,
      headers: { prefer: "return=representation" },
    });
    expect([status, headers.location]).toEqual([200, undefined]);
    expect(headers["preference-applied"]).toBe("return=representation");
  });

  test("without the document where that is preferred, and with what its response says", async () => {
    const created = await gateway.ask("PUT", LOCK, {
      body: PURPOSE,
      headers: { prefer: 'handling=strict, Return="minimal"; x' },
    });
    world.created = false;
    const present = await gateway.ask("PUT", LOCK, { body: PURPOSE, headers: { prefer: "return=minimal" } });
    expect([created.status, created.text, present.status, present.text]).toEqual([
      201,
      '{"token":"3"}',
      200,
      '{"token":"3"}',
    ]);
    expect(created.headers).toMatchObject({
      location: LOCK,
      etag: '"7"',
      "preference-applied": "return=minimal",
    });
    expect(world.tokens).toEqual([]);
  });

  test("by the document that it returns itself, where it does: nothing is read then", async () => {
    const read = await gateway.ask("PUT", LOCK, { body: PURPOSE });
    expect(world.tokens).toHaveLength(1);
    world.returns = true;
    const returned = await gateway.ask("PUT", LOCK, { body: PURPOSE });
    expect([returned.status, returned.text, returned.headers.etag]).toEqual([201, read.text, '"7"']);
    const minimal = await gateway.ask("PUT", LOCK, { body: PURPOSE, headers: { prefer: "return=minimal" } });
    expect(minimal.text).toBe('{"token":"3"}');
    expect(world.tokens).toHaveLength(1);
  });

  test("without a document that went away: nothing is asked after a DELETE", async () => {
    const { status, text } = await gateway.ask("DELETE", `${LOCK}?lock_token=3`);
    expect([status, text, world.tokens]).toEqual([204, "", []]);
  });

  test.each(["held", "down"] as const)(
    "with what its response says otherwise, where the document cannot be read (%s)",
    async (what) => {
      world[what] = what === "down";
      const { status, headers, json } = await gateway.ask("PUT", LOCK, { body: PURPOSE });
      expect([status, headers.etag, json]).toEqual([201, '"7"', { token: "3" }]);
    },
  );

  test("without a document that moved on: a late repetition is not shown what others made of it", async () => {
    world.revision = 9n;
    world.replayed = true;
    const { status, headers, json } = await gateway.ask("PUT", LOCK, { body: PURPOSE });
    expect([status, headers.etag, json]).toEqual([201, '"7"', { token: "3" }]);
    expect(headers["idempotent-replayed"]).toBe("true");
  });

  test("with its response alone where it names a collection, which has no revision", async () => {
    const body = { lock_token: 3 };
    const { status, headers, json } = await gateway.ask("POST", "/v1/projects/7/tasks/42/subtasks", { body });
    expect([status, headers.etag, json]).toEqual([201, undefined, { task_ids: [43, 44] }]);
  });

  test("with a secret in any case: it exists nowhere else", async () => {
    const anonymous = await gateway.ask("POST", "/v1/sessions", { body: { name: "n" } });
    expect([anonymous.status, anonymous.json]).toEqual([201, { access_token: "jwt", refresh_token: "" }]);
    const minimal = await gateway.ask("POST", "/v1/sessions", {
      body: { name: "n" },
      headers: { prefer: "return=minimal" },
    });
    expect([minimal.status, minimal.json]).toEqual([201, { access_token: "jwt", refresh_token: "" }]);
    expect(minimal.headers["preference-applied"]).toBe("return=minimal");
    const known = await gateway.ask("POST", "/v1/sessions", {
      body: { name: "n" },
      headers: { authorization: "Bearer t" },
    });
    expect(known.json).toMatchObject({ session_id: "s1", access_token: "jwt" });
  });

  test("as the same caller, and says when it is a replay", async () => {
    world.replayed = true;
    const { headers } = await gateway.ask("PUT", LOCK, {
      body: PURPOSE,
      headers: { authorization: "Bearer t.o.k" },
    });
    expect(headers["idempotent-replayed"]).toBe("true");
    expect(world.tokens).toEqual(["Bearer t.o.k"]);
  });

  test("with a Location that a header can carry", async () => {
    const body = { lock_token: 3, result: "SUBMISSION_RESULT_MAPPED" };
    const { status, headers } = await gateway.ask("POST", "/v1/projects/7/tasks/42/submissions", { body });
    expect([status, headers.location]).toEqual([201, "/v1/some%20where/%C3%A9"]);
  });

  test("in JSON or not at all", async () => {
    const { status } = await gateway.ask("PUT", LOCK, { body: PURPOSE, headers: { accept: "text/html" } });
    expect([status, world.keys]).toEqual([406, []]);
  });
});

describe("an idempotency key", () => {
  test.each([
    ['"a-key"', "a-key"],
    ["a-key", "a-key"],
    ['"with \\"quotes\\" and \\\\"', 'with "quotes" and \\'],
    [" b ", "b"],
  ])("%s is the request id", async (header, key) => {
    const { headers } = await gateway.ask("PUT", LOCK, {
      body: PURPOSE,
      headers: { "idempotency-key": header },
    });
    expect(world.keys).toEqual([key]);
    expect(headers["idempotency-key"]).toBe(`"${key.replaceAll(/["\\]/g, "\\$&")}"`);
  });

  test.each(["", '""', '"open', "two words", "a, b", '"a" "b"', '"a";x'])(
    "%j is malformed",
    async (header) => {
      const { json } = await gateway.ask("PUT", LOCK, {
        body: PURPOSE,
        headers: { "idempotency-key": header },
      });
      expect(json).toMatchObject({
        status: 400,
        reason: "REQUEST_MALFORMED",
        errors: [{ header: "Idempotency-Key" }],
      });
    },
  );

  test("is made where there is none, and said back", async () => {
    const { headers } = await gateway.ask("PUT", LOCK, { body: PURPOSE });
    expect(world.keys[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers["idempotency-key"]).toBe(`"${world.keys[0]}"`);
  });

  test("may stand in the body, but not another than in the header", async () => {
    const body = { ...PURPOSE, request_id: "k" };
    await gateway.ask("PUT", LOCK, { body });
    await gateway.ask("PUT", LOCK, { body, headers: { "idempotency-key": "k" } });
    expect(world.keys).toEqual(["k", "k"]);
    const { json } = await gateway.ask("PUT", LOCK, { body, headers: { "idempotency-key": "l" } });
    expect(json).toMatchObject({ status: 422, errors: [{ pointer: "/request_id", rule: "field.twice" }] });
  });

  test("is no parameter", async () => {
    const { json } = await gateway.ask("DELETE", `${LOCK}?request_id=k`);
    expect(json).toMatchObject({
      status: 422,
      errors: [{ parameter: "request_id", detail: "is the header Idempotency-Key" }],
    });
  });
});

test("If-Match is refused where a command does not know it: ignored, it would protect nothing", async () => {
  const { json } = await gateway.ask("PUT", LOCK, { body: PURPOSE, headers: { "if-match": '"7"' } });
  expect(json).toMatchObject({ status: 400, errors: [{ header: "If-Match", rule: "header.unknown" }] });
});

test("a response without an acknowledgement is a bug: 500 without a word of it, and lines of log with the cause", async () => {
  const { status, json, text } = await gateway.ask("PATCH", LOCK, { body: {} });
  expect([status, json.type, json.reason]).toEqual([500, "about:blank", undefined]);
  expect(text).not.toContain("undefined");
  const lines = () => gateway.lines.filter((it) => it.request_id === json.request_id);
  await expect.poll(() => lines().length).toBe(3);
  expect(lines()).toMatchObject([
    { level: "error", msg: "could not read what a command changed" },
    { level: "error", msg: "request failed with an internal error" },
    { status: 500 },
  ]);
});

test("a caller that signs in has no token yet to read the session with: it is not read", async () => {
  const { status, json } = await gateway.ask("POST", "/v1/sessions", { body: { name: "mapper-1" } });
  expect([status, json.access_token]).toEqual([201, "jwt"]);
  expect(world.tokens).toEqual([]);
});
