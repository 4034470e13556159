import { create } from "@bufbuild/protobuf";
import { Code, ConnectError, type Transport } from "@connectrpc/connect";
import { WatchTaskEventsResponseSchema } from "@tessera/contracts/tessera/task/v1/task_event_service_pb.ts";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createClient } from "./client.ts";

const MINUTE_MS = 60_000;

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** Rejects when a signal aborts, as a stream does. */
const aborted = (signal: AbortSignal | undefined) =>
  new Promise<never>((_, reject) => {
    signal?.addEventListener("abort", () => reject(new ConnectError("aborted", Code.Canceled)));
  });

/** A client whose streams do as `stream` says, and the times at which they were opened. */
function clientOf(stream: (signal: AbortSignal | undefined) => Promise<AsyncIterable<unknown>>) {
  const openedMs: number[] = [];
  const transport = {
    stream: async (_method: unknown, signal: AbortSignal | undefined) => {
      openedMs.push(Date.now());
      return { message: await stream(signal) };
    },
  } as unknown as Transport;
  return { client: createClient({ transport }), openedMs };
}

const begin = () => create(WatchTaskEventsResponseSchema, { position: "1" });

test("a watch of a quiet project has no outage, however often it is opened again", async () => {
  const { client, openedMs } = clientOf(async (signal) =>
    (async function* () {
      yield begin();
      await aborted(signal);
    })(),
  );
  const controller = new AbortController();
  const options = { signal: controller.signal, outageMaxMs: 5 * MINUTE_MS };
  const watch = client.watchTaskEvents({ projectId: 1 }, options)[Symbol.asyncIterator]();
  await watch.next();
  const next = watch.next();
  await vi.advanceTimersByTimeAsync(20 * MINUTE_MS);
  const pausesMs = openedMs.slice(1).map((it, index) => it - (openedMs[index] as number) - MINUTE_MS);
  expect(pausesMs.length).toBeGreaterThan(15);
  expect(Math.max(...pausesMs)).toBeLessThanOrEqual(200);
  controller.abort();
  expect(await next).toMatchObject({ done: true });
});

test("a stream that never opens is given up when it is idle, and ends with its signal", async () => {
  const { client, openedMs } = clientOf(aborted);
  const controller = new AbortController();
  const watch = client.watchTaskEvents({ projectId: 1 }, { signal: controller.signal });
  const next = watch[Symbol.asyncIterator]().next();
  await vi.advanceTimersByTimeAsync(1.5 * MINUTE_MS);
  expect(openedMs).toHaveLength(2);
  controller.abort();
  expect(await next).toMatchObject({ done: true });
});
