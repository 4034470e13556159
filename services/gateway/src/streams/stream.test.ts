import { connect as connectSocket } from "node:net";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { Code, ConnectError, type HandlerContext } from "@connectrpc/connect";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/task/v1/reason_pb.ts";
import type { WatchTaskEventsResponseSchema } from "@tessera/contracts/tessera/task/v1/task_event_service_pb.ts";
import { TaskEventService } from "@tessera/contracts/tessera/task/v1/task_event_service_pb.ts";
import {
  type StreamTasksResponse,
  type StreamTasksResponseSchema,
  TaskService,
} from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { refusals } from "@tessera/rpc/refusal.ts";
import { refusalToError } from "@tessera/rpc/refusal-wire.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type TestGateway, testGateway } from "../testing/gateway.ts";

const refuse = refusals(ReasonSchema);
const EVENTS = "/v1/projects/7/task-events";
const TASKS = "/v1/projects/7/tasks";

type Tasks = MessageInitShape<typeof StreamTasksResponseSchema>;
type Event = MessageInitShape<typeof WatchTaskEventsResponseSchema>;

let gateway: TestGateway;
let tasks: (context: HandlerContext) => AsyncIterable<Tasks>;
let events: (context: HandlerContext) => AsyncIterable<Event>;
let asked: { position: string; fromStart: boolean } | undefined;

beforeAll(async () => {
  gateway = await testGateway(
    (router) => {
      router.service(TaskService, { streamTasks: (_, context) => tasks(context) });
      router.service(TaskEventService, {
        watchTaskEvents: (request, context) => {
          asked = request;
          return events(context);
        },
      });
    },
    { heartbeatMs: 30 },
  );
});
afterAll(() => gateway.stop());
beforeEach(() => {
  tasks = async function* () {
    yield { tasks: [task(1), task(2)] };
    yield { tasks: [] };
    yield { tasks: [task(3)] };
  };
  events = async function* () {
    yield { position: "p1" };
    yield { position: "p2", event: { taskId: 4 } };
  };
});

function task(taskId: number) {
  const coordinates = [0, 0, taskId, 0, taskId, 1, 0, 0];
  return { taskId, area: { coordinates, ringLengths: [4], polygonLengths: [1] } };
}

const untilLeft = ({ signal }: HandlerContext) =>
  new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));

describe("server-sent events", () => {
  test("have ids, and say when to come again", async () => {
    const { status, headers, text } = await gateway.ask("GET", EVENTS);
    expect([status, headers["content-type"]]).toEqual([200, "text/event-stream"]);
    expect(headers).toMatchObject({ "cache-control": "no-store, no-transform", "x-accel-buffering": "no" });
    const [retry, first, second, rest] = text.split("\n\n");
    expect([retry, first, rest]).toEqual([
      "retry: 2000",
      'id: p1\ndata: {"position":"p1","dropped":false,"events":[]}',
      "",
    ]);
    expect(second).toMatch(
      /^id: p2\ndata: \{"position":"p2","event":\{.*"task_id":4.*\},"dropped":false,"events":\[\]\}$/,
    );
  });

  test.each([
    ["", {}, ""],
    ["?position=a", {}, "a"],
    ["?position=a", { "last-event-id": "b" }, "b"],
    ["?from_start=true", { "last-event-id": "c" }, "c"],
  ])("resume after the position of %s %j", async (query, headers, position) => {
    await gateway.ask("GET", EVENTS + query, { headers: headers as never });
    expect(asked).toMatchObject({ position, fromStart: query.includes("from_start") });
  });

  test("open and show that they live before there is anything to say", async () => {
    // biome-ignore lint/correctness/useYield: it has nothing to say
    events = async function* (context) {
      await untilLeft(context);
    };
    const answer = await fetch(gateway.url + EVENTS);
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.includes(": still here\n\n: still here")) text += (await reader?.read())?.value;
    expect(text).toMatch(/^retry: 2000\n\n: still here\n\n/);
    await reader?.cancel();
  });

  test("that fail before the first message are an ordinary problem", async () => {
    // biome-ignore lint/correctness/useYield: it fails first
    events = async function* () {
      throw refusalToError(refuse(Reason.TASK_NOT_FOUND));
    };
    const { status, json } = await gateway.ask("GET", EVENTS);
    expect([status, json.reason]).toEqual([404, "TASK_NOT_FOUND"]);
  });

  test("that fail later end with a record that says so", async () => {
    events = async function* () {
      yield { position: "p1" };
      throw refusalToError(refuse(Reason.TASK_NOT_FOUND));
    };
    const { status, headers, text } = await gateway.ask("GET", EVENTS);
    const last = text.trimEnd().split("\n\n").at(-1) ?? "";
    expect(status).toBe(200);
    expect(last).toMatch(/^event: problem\ndata: /);
    const problem = JSON.parse(last.slice(last.indexOf("{")));
    expect(problem).toMatchObject({
      reason: "TASK_NOT_FOUND",
      status: 404,
      request_id: headers["request-id"],
    });
    await expect.poll(() => gateway.lines.at(-1)).toMatchObject({ reason: "TASK_NOT_FOUND" });
  });

  test("end the call when the client leaves", async () => {
    let left = false;
    events = async function* (context) {
      yield { position: "p1" };
      await untilLeft(context);
      left = true;
    };
    const controller = new AbortController();
    const answer = await fetch(gateway.url + EVENTS, { signal: controller.signal });
    await answer.body?.getReader().read();
    controller.abort();
    await expect.poll(() => left).toBe(true);
  });

  test("are asked about by HEAD without being followed", async () => {
    events = async function* (context) {
      yield { position: "p1" };
      await untilLeft(context);
    };
    const { status, headers, text } = await gateway.ask("HEAD", EVENTS);
    expect([status, headers["content-type"], text]).toEqual([200, "text/event-stream", ""]);
  });

  test("keep a position with a line break from writing lines of its own", async () => {
    events = async function* () {
      yield { position: "a\ndata: forged" };
    };
    const { text } = await gateway.ask("GET", EVENTS);
    expect(text.split("\n").filter((it) => it.startsWith("data:"))).toHaveLength(1);
  });
});

describe("lines of JSON", () => {
  test("are one element each", async () => {
    const { headers, text } = await gateway.ask("GET", `${TASKS}?f=ndjson`);
    const lines = text
      .trimEnd()
      .split("\n")
      .map((it) => JSON.parse(it));
    expect(headers["content-type"]).toBe("application/x-ndjson");
    expect(lines.map((it) => it.task_id)).toEqual([1, 2, 3]);
    expect(lines[2].area).toMatchObject({ type: "MultiPolygon" });
  });

  test("that fail end with a line that says so", async () => {
    tasks = async function* () {
      yield { tasks: [task(1)] };
      throw new ConnectError("10.0.0.3 is gone", Code.Unavailable);
    };
    const { text } = await gateway.ask("GET", `${TASKS}?f=ndjson`);
    const last = JSON.parse(text.trimEnd().split("\n").at(-1) ?? "");
    expect(last).toMatchObject({ problem: { type: "about:blank", status: 503, retryable: true } });
    expect(text).not.toContain("10.0.0.3");
  });
});

describe("a FeatureCollection", () => {
  test("has every element as a feature", async () => {
    const { headers, json } = await gateway.ask("GET", TASKS, {
      headers: { accept: "application/geo+json" },
    });
    expect(headers["content-type"]).toBe("application/geo+json");
    expect(json.features.map((it: { id: number }) => it.id)).toEqual([1, 2, 3]);
    expect(json.features[2]).toMatchObject({
      type: "Feature",
      geometry: {
        coordinates: [
          [
            [
              [0, 0],
              [3, 0],
              [3, 1],
              [0, 0],
            ],
          ],
        ],
      },
    });
  });

  test("may be empty", async () => {
    tasks = async function* () {};
    expect((await gateway.ask("GET", `${TASKS}?f=geojson`)).json).toEqual({
      type: "FeatureCollection",
      features: [],
    });
  });

  test("that fails does not look complete: the connection is cut", async () => {
    tasks = async function* () {
      yield { tasks: [task(1)] };
      throw new ConnectError("", Code.Unavailable);
    };
    await expect(gateway.ask("GET", `${TASKS}?f=geojson`)).rejects.toThrow();
  });

  test("of 100,000 features goes out no faster than it is taken", async () => {
    let sent = 0;
    const batch = { tasks: Array.from({ length: 500 }, (_, at) => task(at + 1)) };
    tasks = async function* () {
      for (; sent < 100_000; sent += 500) yield batch as StreamTasksResponse;
    };
    const { hostname, port } = new URL(gateway.url);
    const socket = connectSocket(Number(port), hostname);
    socket.write(`GET ${TASKS}?f=geojson HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    await new Promise((resolve) => socket.once("readable", resolve));
    await settled(() => sent);
    // What fits into buffers on the way was made, and the rest waits.
    expect(sent).toBeLessThan(90_000);
    const before = process.memoryUsage().heapUsed;
    let length = 0;
    let end = "";
    socket.on("data", (chunk) => {
      length += chunk.length;
      end = chunk.toString("latin1").slice(-20);
    });
    await new Promise((resolve) => socket.once("close", resolve));
    expect(sent).toBe(100_000);
    expect(end).toContain("]}\n");
    expect(length).toBeGreaterThan(10_000_000);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(200_000_000);
  });
});

/** Waits until a number stops moving. */
async function settled(read: () => number): Promise<void> {
  for (let before = -1; before !== read(); ) {
    before = read();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
