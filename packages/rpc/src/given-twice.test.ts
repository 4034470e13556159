import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { PERSON_SCOPES } from "@tessera/contracts/scopes.ts";
import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ANONYMOUS } from "./caller.ts";
import { type Serving, serve, served } from "./serve.ts";

let serving: Serving;
let handled = 0;

beforeAll(async () => {
  const impl = {
    getTask: () => {
      handled += 1;
      return {};
    },
    async *streamTasks() {
      handled += 1;
      yield {};
    },
  } as never;
  serving = await serve({
    services: [served(TaskService, impl)],
    verify: (token) => ({ ...ANONYMOUS, userId: BigInt(token), scopes: new Set(PERSON_SCOPES) }),
    log: pino({ level: "silent" }),
    translate: () => undefined,
    ready: async () => {},
    host: "127.0.0.1",
    port: 0,
    drainMs: 0,
  });
});

afterAll(() => serving.stop());

/** Project 1, task 1: a whole message of gRPC. */
const MESSAGE = Buffer.from([0, 0, 0, 0, 4, 0x08, 1, 0x10, 1]);
const OF_PROJECT = Buffer.from([0, 0, 0, 0, 2, 0x08, 1]);

/** The gRPC status of a call with these headers `authorization`. */
async function statusOf(method: string, message: Buffer, tokens: string[]): Promise<[string, string]> {
  // Node's own client sends one, unless its check is switched off.
  const options: object = { strictSingleValueFields: false };
  const session = connectHttp2(`http://${serving.address}`, options);
  const given = tokens.flatMap((token) => ["authorization", `Bearer ${token}`]);
  const call = session.request([
    ...[
      ":method",
      "POST",
      ":scheme",
      "http",
      ":authority",
      "x",
      ":path",
      `/${TaskService.typeName}/${method}`,
    ],
    ...["content-type", "application/grpc", "te", "trailers", ...given],
  ] as never);
  let metadata: Record<string, unknown> = {};
  call.on("response", (headers) => {
    metadata = { ...metadata, ...headers };
  });
  call.on("trailers", (headers) => {
    metadata = { ...metadata, ...headers };
  });
  call.resume();
  call.end(message);
  await once(call, "close");
  session.close();
  return [String(metadata["grpc-status"]), decodeURIComponent(String(metadata["grpc-message"] ?? ""))];
}

const METHODS: [string, Buffer][] = [
  ["GetTask", MESSAGE],
  ["StreamTasks", OF_PROJECT],
];

test.each(METHODS)("%s takes one header `authorization`", async (method, message) => {
  handled = 0;
  expect((await statusOf(method, message, ["1"]))[0]).toBe("0");
  expect(handled).toBe(1);
});

test.each(METHODS)("%s refuses two, also of the same value", async (method, message) => {
  handled = 0;
  for (const tokens of [
    ["1", "2"],
    ["1", "1"],
    ["1", "2", "3"],
  ])
    expect(await statusOf(method, message, tokens)).toEqual(["16", "Authorization must be given once"]);
  expect(handled).toBe(0);
});
