import { create, type MessageInitShape } from "@bufbuild/protobuf";
import type { HandlerContext, ServiceImpl } from "@connectrpc/connect";
import { AcknowledgementSchema } from "@tessera/contracts/tessera/rpc/v1/acknowledgement_pb.ts";
import {
  type Operation,
  OperationSchema,
  OperationState,
} from "@tessera/contracts/tessera/rpc/v1/operation_pb.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { testContract } from "../testing/contract.ts";
import { type TestGateway, testGateway } from "../testing/gateway.ts";

const ACKNOWLEDGEMENT = "tessera.rpc.v1.Acknowledgement";
const OPERATION = "tessera.rpc.v1.Operation";
const { service } = testContract(
  {
    Print: { request_id: "string @REQUEST_ID", copies: "int32" },
    Printing: { acknowledgement: ACKNOWLEDGEMENT, queue: "int32" },
    Id: { id: "int32" },
    Shown: { operation: OPERATION },
  },
  {
    Print: {
      http: { post: "/v1/prints", body: "*" },
      input: "Print",
      output: "Printing",
      startsOperation: true,
    },
    Purge: { http: { delete: "/v1/prints" }, input: "Print", output: "Printing", startsOperation: true },
    Stop: { http: { put: "/v1/operations/3/stop", body: "*" }, input: "Print", output: "Printing" },
    Get: { http: { get: "/v1/operations/{id}", responseBody: "operation" }, input: "Id", output: "Shown" },
    Watch: {
      http: { get: "/v1/operations/{id}", responseBody: "operation" },
      input: "Id",
      output: "Shown",
      stream: true,
    },
  },
);

let gateway: TestGateway;
let world: {
  name: string;
  replayed: boolean;
  /** How the operation stands at each look; the last one stays. */
  states: MessageInitShape<typeof OperationSchema>[];
  looks: number;
  watch: (context: HandlerContext) => AsyncIterable<{ operation: Operation }>;
};

const { RUNNING, FAILED, SUCCEEDED } = OperationState;
const NAME = "operations/3";
const running = (revision: bigint) => ({ name: NAME, state: RUNNING, unitCount: 9, revision });
const failed = (revision: bigint) => ({ name: NAME, state: FAILED, done: true, revision });
const succeeded = (revision: bigint) => ({ name: NAME, state: SUCCEEDED, done: true, revision });
const operation = (init: MessageInitShape<typeof OperationSchema>) => ({
  operation: create(OperationSchema, init),
});

beforeEach(() => {
  world = {
    name: "operations/3",
    replayed: false,
    states: [running(1n)],
    looks: 0,
    watch: async function* () {
      yield operation(running(1n));
      yield operation(failed(2n));
    },
  };
});
beforeAll(async () => {
  const acknowledge = ({ name, replayed } = world) => ({
    acknowledgement: create(AcknowledgementSchema, { name, revision: 1n, replayed }),
    queue: 4,
  });
  const impl = {
    print: () => acknowledge(),
    purge: () => acknowledge(),
    stop: () => acknowledge(),
    get: () => {
      world.looks += 1;
      const state = world.states.length > 1 ? world.states.shift() : world.states[0];
      return state === undefined ? {} : operation(state);
    },
    watch: (_: unknown, context: HandlerContext) => world.watch(context),
  } as unknown as ServiceImpl<typeof service>;
  gateway = await testGateway((router) => router.service(service, impl), {
    services: [service],
    heartbeatMs: 30,
  });
});
afterAll(() => gateway.stop());

const print = (prefer?: string) =>
  gateway.ask("POST", "/v1/prints", { body: {}, headers: prefer === undefined ? {} : { prefer } });

describe("a command that starts an operation is answered", () => {
  test("202 with the operation, where it is and when to look again", async () => {
    const { status, headers, json } = await print();
    expect(status).toBe(202);
    expect(headers).toMatchObject({
      location: "/v1/operations/3",
      "retry-after": "1",
      etag: '"1"',
      "content-type": "application/json",
      "cache-control": "no-store",
      vary: "Prefer, Authorization",
    });
    expect(headers).not.toHaveProperty("preference-applied");
    expect(json).toMatchObject({
      name: "operations/3",
      done: false,
      unit_count: 9,
      revision: "1",
      queue: 4,
    });
    expect(json).not.toHaveProperty("acknowledgement");
  });

  test("so too when the operation moved on: it is shown as it stands, with its own ETag", async () => {
    world.states = [failed(5n)];
    const { status, headers, json } = await print();
    expect([status, headers.etag, headers["retry-after"]]).toEqual([202, '"5"', "1"]);
    expect(json).toMatchObject({ done: true, state: "OPERATION_STATE_FAILED", revision: "5" });
  });

  test("so too when it is a replay", async () => {
    world.replayed = true;
    world.states = [running(5n)];
    const { status, headers, json } = await print();
    expect([status, headers["idempotent-replayed"], headers.location, json.revision]).toEqual([
      202,
      "true",
      "/v1/operations/3",
      "5",
    ]);
  });

  test("without the operation where that is preferred", async () => {
    const plain = await print("return=minimal");
    expect([plain.status, plain.text, world.looks]).toEqual([202, '{"queue":4}', 0]);
    expect(plain.headers).toMatchObject({
      location: "/v1/operations/3",
      "retry-after": "1",
      etag: '"1"',
      "preference-applied": "return=minimal",
    });
  });

  test("with what its response says otherwise, where the operation cannot be read", async () => {
    world.name = "nowhere/3";
    const { status, headers, json } = await print("wait=10");
    expect([status, headers.location, json]).toEqual([202, "/v1/nowhere/3", { queue: 4 }]);
    expect(headers).not.toHaveProperty("preference-applied");
  });

  test("with the operation, and not without a document, where it takes things away", async () => {
    const { status, json } = await gateway.ask("DELETE", "/v1/prints");
    expect([status, json.name]).toEqual([202, "operations/3"]);
  });
});

test("a command that does something to an operation shows it as it stands", async () => {
  world.states = [failed(5n)];
  const { status, headers, json } = await gateway.ask("PUT", "/v1/operations/3/stop", {
    body: {},
    headers: { prefer: "wait=10" },
  });
  expect([status, headers.etag, json.done]).toEqual([200, '"5"', true]);
  for (const name of ["location", "retry-after", "preference-applied"])
    expect(headers).not.toHaveProperty(name);
});

describe("Prefer: wait", () => {
  test("puts the answer off until the operation is done", async () => {
    world.states = [running(1n), running(2n), succeeded(3n)];
    const { status, headers, json } = await print("wait=10");
    expect([status, world.looks]).toEqual([200, 3]);
    expect(headers).toMatchObject({
      location: "/v1/operations/3",
      etag: '"3"',
      "preference-applied": "wait=10",
    });
    expect(headers).not.toHaveProperty("retry-after");
    expect(json).toMatchObject({ done: true, state: "OPERATION_STATE_SUCCEEDED", queue: 4 });
  });

  test("ends with 202 when the time is over", async () => {
    const { status, headers, json } = await print("return=representation, wait=1");
    expect([status, json.done, headers["retry-after"]]).toEqual([202, false, "1"]);
    expect(headers["preference-applied"]).toBe("return=representation, wait=1");
    expect(world.looks).toBeGreaterThan(1);
    expect(world.looks).toBeLessThanOrEqual(7);
  });

  test("is followed for 20 seconds at most", async () => {
    world.states = [succeeded(3n)];
    const { status, headers } = await print('foo, Wait="100000"; x');
    expect([status, headers["preference-applied"]]).toEqual([200, "wait=20"]);
  });

  test.each([
    ["wait=0", 202, "wait=0"],
    ["wait=-1", 202, undefined],
    ["wait=1.5", 202, undefined],
    ["wait", 202, undefined],
  ])("of %s looks once", async (prefer, expected, applied) => {
    const { status, headers } = await print(prefer);
    expect([status, headers["preference-applied"], world.looks]).toEqual([expected, applied, 1]);
  });

  test("goes with return=minimal while it is running; its end is returned in any case", async () => {
    const waiting = await print("return=minimal, wait=0");
    expect([waiting.status, waiting.text]).toEqual([202, '{"queue":4}']);
    expect(waiting.headers["preference-applied"]).toBe("return=minimal, wait=0");
    world.states = [succeeded(2n)];
    const done = await print("return=minimal, wait=0");
    expect([done.status, done.json.state]).toEqual([200, "OPERATION_STATE_SUCCEEDED"]);
    expect(done.headers["preference-applied"]).toBe("wait=0");
  });

  test("ends when the caller leaves", async () => {
    const signal = AbortSignal.timeout(300);
    const url = `${gateway.url}/v1/prints`;
    await expect(fetch(url, { method: "POST", headers: { prefer: "wait=20" }, signal })).rejects.toThrow();
    await expect.poll(() => gateway.lines.at(-1)).toMatchObject({ route: "/v1/prints", status: 499 });
    const { looks } = world;
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(world.looks).toBe(looks);
  });
});

describe("an operation", () => {
  test("that is under way says when to look again, also where nothing changed", async () => {
    const { status, headers } = await gateway.ask("GET", "/v1/operations/3");
    expect([status, headers["retry-after"], headers.etag]).toEqual([200, "1", '"1"']);
    const same = await gateway.ask("GET", "/v1/operations/3", { headers: { "if-none-match": '"1"' } });
    expect([same.status, same.headers["retry-after"]]).toEqual([304, "1"]);
  });

  test("that is done is a document like any other", async () => {
    world.states = [failed(2n)];
    const { status, headers } = await gateway.ask("GET", "/v1/operations/3");
    expect([status, headers["retry-after"]]).toEqual([200, undefined]);
  });

  test.each([
    [undefined, "application/json"],
    ["*/*", "application/json"],
    ["application/json, text/event-stream;q=0.5", "application/json"],
    ["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/json"],
    ["text/event-stream", "text/event-stream"],
    ["application/x-ndjson", "application/x-ndjson"],
  ])("asked for by Accept %s is %s", async (accept, type) => {
    const { status, headers } = await gateway.ask("GET", "/v1/operations/3", {
      headers: accept === undefined ? {} : { accept },
    });
    expect([status, headers["content-type"]]).toEqual([200, type]);
  });

  test("is followed by events and by lines, each of them the operation", async () => {
    const events = await gateway.ask("GET", "/v1/operations/3", { headers: { accept: "text/event-stream" } });
    const data = [...events.text.matchAll(/^data: (.*)$/gm)].map(([, json]) => JSON.parse(json as string));
    expect(data.map((it) => [it.revision, it.done])).toEqual([
      ["1", false],
      ["2", true],
    ]);
    const lines = await gateway.ask("GET", "/v1/operations/3?f=ndjson");
    expect(
      lines.text
        .trimEnd()
        .split("\n")
        .map((it) => JSON.parse(it)),
    ).toEqual(data);
  });
});

test("callers that wait for an operation, or follow it by events, are answered when the gateway stops", async () => {
  let [looks, streams] = [0, 0];
  const impl = {
    print: () => ({ acknowledgement: create(AcknowledgementSchema, { name: "operations/3", revision: 1n }) }),
    get: () => operation(running(BigInt(++looks))),
    watch: async function* (_: unknown, { signal }: HandlerContext) {
      streams += 1;
      yield operation(running(1n));
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    },
  } as unknown as ServiceImpl<typeof service>;
  const ending = await testGateway((router) => router.service(service, impl), { services: [service] });
  const accept = "text/event-stream";
  const waiting = ending.ask("POST", "/v1/prints", { body: {}, headers: { prefer: "wait=20" } });
  const following = ending.ask("GET", "/v1/operations/3", { headers: { accept } });
  await expect.poll(() => Math.min(looks, streams)).toBe(1);
  await ending.stop();
  expect((await waiting).status).toBe(202);
  expect((await following).text).toMatch(/"revision":"1"[^\n]*\n\n$/);
});
