import { createContextValues } from "@connectrpc/connect";
import { expect, test, vi } from "vitest";
import { admittedKey, away } from "./away.ts";
import { type Admitted, WorkQueue } from "./work-queue.ts";

const worker = (key: string) => ({ name: "X", key, isGone: () => false });
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A queue for one call at once, which records what it reported to the limiter. */
function ground() {
  const samples: number[] = [];
  const queue = new WorkQueue({ limit: () => 1, done: (_, ms) => samples.push(ms) });
  const begin = (key: string) => queue.enter(worker(key)) as Admitted;
  const asOf = (admitted: Admitted) => ({ values: createContextValues().set(admittedKey, admitted) });
  return { samples, queue, begin, asOf };
}

test("while a call waits for another service, others work; it continues before those that have not started", async () => {
  const { queue, begin, asOf } = ground();
  const order: string[] = [];
  const answer = Promise.withResolvers<number>();
  const first = begin("a");
  const asking = away(asOf(first), answer.promise).then((it) => order.push(`a continues with ${it}`));
  await turn();
  await turn();
  const second = begin("b");
  expect(second).not.toBeInstanceOf(Promise);
  const third = queue.enter(worker("c")) as Promise<Admitted>;
  void third.then(() => order.push("c begins"));
  answer.resolve(1);
  await turn();
  expect([order, queue.running]).toEqual([[], 1]);
  second.leave(true);
  await asking;
  expect([order, queue.running]).toEqual([["a continues with 1"], 1]);
  first.leave(true);
  (await third).leave(true);
  expect([queue.running, queue.waiting]).toEqual([0, 0]);
});

test("however long other services take, it is not taken for load of this one", async () => {
  vi.useFakeTimers();
  try {
    const { samples, begin, asOf } = ground();
    const admitted = begin("a");
    const slow = new Promise<void>((resolve) => setTimeout(resolve, 60_000));
    const asking = away(asOf(admitted), slow);
    await vi.advanceTimersByTimeAsync(60_000);
    await asking;
    await vi.advanceTimersByTimeAsync(5);
    admitted.leave(true);
    expect(samples[0]).toBeGreaterThanOrEqual(5);
    expect(samples[0]).toBeLessThan(1_000);
  } finally {
    vi.useRealTimers();
  }
});

test("what is known already costs no place, and a failure crosses as it is", async () => {
  const { queue, begin, asOf } = ground();
  const admitted = begin("a");
  expect(await away(asOf(admitted), Promise.resolve(1))).toBe(1);
  await expect(away(asOf(admitted), Promise.reject(new Error("gone")))).rejects.toThrow("gone");
  expect(queue.running).toBe(1);
  const late = Promise.withResolvers<never>();
  const asking = away(asOf(admitted), late.promise);
  await turn();
  await turn();
  expect(queue.running).toBe(0);
  late.reject(new Error("gone later"));
  await expect(asking).rejects.toThrow("gone later");
  expect(queue.running).toBe(1);
});

test("a call that ended while it was away takes no place when its answer comes", async () => {
  const { queue, begin, asOf } = ground();
  const admitted = begin("a");
  const answer = Promise.withResolvers<void>();
  const asking = away(asOf(admitted), answer.promise);
  await turn();
  await turn();
  admitted.leave(false);
  answer.resolve();
  await asking;
  expect(queue.running).toBe(0);
  expect(await away({ values: createContextValues() }, Promise.resolve(2))).toBe(2);
});
