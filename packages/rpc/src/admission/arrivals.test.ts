import { type ClientHttp2Session, type ClientHttp2Stream, connect } from "node:http2";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { ErrorInfoSchema } from "@tessera/contracts/google/rpc/error_details_pb.ts";
import { StatusSchema } from "@tessera/contracts/google/rpc/status_pb.ts";
import { GetTaskRequestSchema, TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { pino } from "pino";
import { afterEach, expect, test } from "vitest";
import { ANONYMOUS } from "../caller.ts";
import { type Serving, serve, served } from "../serve.ts";
import type { ArrivalLimits } from "./arrivals.ts";

let serving: Serving;
const sessions: ClientHttp2Session[] = [];
afterEach(async () => {
  for (const it of sessions.splice(0)) it.destroy();
  await serving.stop();
});

async function start(arrivals: Partial<ArrivalLimits> = {}): Promise<void> {
  serving = await serve({
    services: [served(TaskService, { getTask: async () => ({ task: { taskId: 1 } }) } as never)],
    verify: () => ANONYMOUS,
    log: pino({ level: "silent" }),
    translate: () => undefined,
    ready: async () => {},
    host: "127.0.0.1",
    port: 0,
    drainMs: 0,
    arrivals,
  });
}

/** Begins a call on a connection of its own, or on one that is given; its request is for the test to send. */
function begin(headers: Record<string, string> = {}, session = open()): ClientHttp2Stream {
  const stream = session.request(
    {
      ":method": "POST",
      ":path": "/tessera.task.v1.TaskService/GetTask",
      "content-type": "application/grpc+proto",
      te: "trailers",
      ...headers,
    },
    { endStream: false },
  );
  stream.on("error", () => {});
  stream.resume();
  return stream;
}

function open(): ClientHttp2Session {
  const session = connect(`http://${serving.address}`);
  session.on("error", () => {});
  sessions.push(session);
  return session;
}

/** The status of a call and the reason that it carries. */
function statusOf(stream: ClientHttp2Stream): Promise<{ code: string; reason: string | undefined }> {
  return new Promise((resolve) => {
    const look = (headers: Record<string, unknown>) => {
      if (headers["grpc-status"] === undefined) return;
      const details = headers["grpc-status-details-bin"];
      const [any] =
        details === undefined ? [] : fromBinary(StatusSchema, Buffer.from(String(details), "base64")).details;
      const reason = any && fromBinary(ErrorInfoSchema, any.value).reason;
      resolve({ code: String(headers["grpc-status"]), reason });
    };
    stream.on("response", look);
    stream.on("trailers", look);
  });
}

const REQUEST = toBinary(GetTaskRequestSchema, create(GetTaskRequestSchema, { projectId: 1, taskId: 1 }));

function frame(message: Uint8Array, { compressed = false, length = message.length } = {}): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt8(compressed ? 1 : 0, 0);
  prefix.writeUInt32BE(length, 1);
  return Buffer.concat([prefix, message]);
}

test("a request arrives, and is no longer counted", async () => {
  await start({ callsMax: 1 });
  for (let time = 0; time < 5; time++) {
    const stream = begin();
    stream.end(frame(REQUEST));
    expect(await statusOf(stream)).toEqual({ code: "0", reason: undefined });
  }
});

test("a call that never sends its request, or half of it, is ended, and its stream closed", async () => {
  await start({ arriveMaxMs: 50 });
  const none = begin();
  const half = begin();
  half.write(frame(REQUEST, { length: 1_000 }));
  const unended = begin();
  unended.write(frame(REQUEST));
  const streams = [none, half, unended];
  const closed = streams.map((stream) => new Promise((resolve) => stream.once("close", resolve)));
  const late = { code: "4", reason: undefined };
  expect(await Promise.all(streams.map(statusOf))).toEqual([late, late, late]);
  await Promise.all(closed);
});

test("calls that are not whole have a bound; those that left make room", async () => {
  await start({ callsOfAddressMax: 3 });
  const session = open();
  const waiting = [begin({}, session), begin({}, session), begin({}, session)];
  const fourth = begin({}, session);
  expect(await statusOf(fourth)).toEqual({ code: "8", reason: "OVERLOADED" });
  for (const it of waiting) it.close();
  const next = () => {
    const stream = begin();
    stream.end(frame(REQUEST));
    return statusOf(stream);
  };
  await expect.poll(next).toEqual({ code: "0", reason: undefined });
});

test("bytes of requests that are not whole have a bound", async () => {
  await start({ bytesOfAddressMax: 256 * 1024 });
  const session = open();
  const statuses = Array.from({ length: 4 }, () => {
    const stream = begin({}, session);
    stream.write(frame(Buffer.alloc(100 * 1024), { length: 4_000_000 }));
    return statusOf(stream);
  });
  expect(await Promise.any(statuses)).toEqual({ code: "8", reason: "OVERLOADED" });
});

test.each([
  ["larger than the limit", {}, frame(Buffer.alloc(16), { length: 5_000_000 }), "8", "MESSAGE_TOO_LARGE"],
  [
    "said to be gzip and is not",
    { "grpc-encoding": "gzip" },
    frame(REQUEST, { compressed: true }),
    "3",
    "MESSAGE_MALFORMED",
  ],
  [
    "compressed by what nobody knows",
    { "grpc-encoding": "br" },
    frame(REQUEST, { compressed: true }),
    "12",
    undefined,
  ],
  [
    "in no encoding, and flagged as compressed",
    {},
    frame(Buffer.from("\u001f\u008b\b"), { compressed: true }),
    "3",
    "MESSAGE_MALFORMED",
  ],
  ["with a time limit that is none", { "grpc-timeout": "soon" }, frame(REQUEST), "3", "MESSAGE_MALFORMED"],
])("a request that is %s gets its own status", async (_, headers, bytes, code, reason) => {
  await start();
  const stream = begin(headers);
  const status = statusOf(stream);
  stream.end(bytes);
  expect(await status).toEqual({ code, reason });
});
