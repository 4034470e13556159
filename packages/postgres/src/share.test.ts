import { expect, test } from "vitest";
import { share, WAITS } from "./share.ts";

const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

test("calls that come at the same time share a batch, and each gets its own answer", async () => {
  const batches: number[][] = [];
  const double = share<number, number>({
    run: async (items) => {
      batches.push(items);
      return items.map((item) => item * 2);
    },
    inFlight: 1,
  });
  expect(await Promise.all([1, 2, 3].map(double))).toEqual([2, 4, 6]);
  expect(batches).toEqual([[1, 2, 3]]);
});

test("what waits is spread over the free places, so that one batch runs while the next one gathers", async () => {
  const batches: number[][] = [];
  const run = share<number, number>({
    run: async (items) => {
      batches.push(items);
      return items;
    },
    inFlight: 2,
  });
  await Promise.all([1, 2, 3, 4].map(run));
  expect(batches).toEqual([
    [1, 2],
    [3, 4],
  ]);
});

test("two of the same key are never in one batch, and stay in order", async () => {
  const batches: string[][] = [];
  const run = share<string, string>({
    run: async (items) => {
      batches.push(items);
      await turn();
      return items;
    },
    keysOf: (item) => [item[0] as string],
    inFlight: 1,
  });
  await Promise.all(["a1", "b1", "a2", "c1", "a3"].map(run));
  expect(batches).toEqual([["a1", "b1", "c1"], ["a2"], ["a3"]]);
});

test("when a batch fails, each member fails or succeeds for itself", async () => {
  const run = share<number, number>({
    run: async (items) => {
      if (items.includes(2)) throw new Error("two");
      return items;
    },
  });
  const settled = await Promise.allSettled([1, 2, 3].map(run));
  expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
});

test("concurrent batches are limited, and none is larger than the limit", async () => {
  let running = 0;
  let most = 0;
  let largest = 0;
  const run = share<number, number>({
    run: async (items) => {
      running += 1;
      most = Math.max(most, running);
      largest = Math.max(largest, items.length);
      await turn();
      running -= 1;
      return items;
    },
    inFlight: 2,
    batchMax: 4,
  });
  await Promise.all(Array.from({ length: 40 }, (_, index) => run(index)));
  expect({ most, largest }).toEqual({ most: 2, largest: 4 });
});

test("a member that waits runs alone, one of each key at a time, and nobody waits with it", async () => {
  const held = Promise.withResolvers<void>();
  const alone: string[][] = [];
  const run = share<string, string>({
    run: async (items, mayWait) => {
      if (!mayWait) return items.map((item) => (item.startsWith("held") ? WAITS : item));
      alone.push(items);
      await held.promise;
      return items;
    },
    keysOf: (item) => [item.slice(0, 5)],
    inFlight: 1,
  });
  const stuck = ["held1", "held2", "held1 again"].map(run);
  expect(await Promise.all(["a", "b"].map(run))).toEqual(["a", "b"]);
  expect(await run("c")).toBe("c");
  expect(alone).toEqual([["held1"], ["held2"]]);
  held.resolve();
  expect(await Promise.all(stuck)).toEqual(["held1", "held2", "held1 again"]);
  expect(alone).toHaveLength(3);
});

test("a batch that fails by waiting is tried singly, and only the member that waits runs alone", async () => {
  const calls: [items: number[], mayWait: boolean][] = [];
  const run = share<number, number>({
    run: async (items, mayWait) => {
      calls.push([items, mayWait]);
      if (items.includes(2) && !mayWait) throw new Error("waits");
      return items;
    },
    isWait: (error) => String(error).includes("waits"),
    inFlight: 1,
  });
  expect(await Promise.all([1, 2, 3].map(run))).toEqual([1, 2, 3]);
  expect(calls.filter(([, mayWait]) => mayWait)).toEqual([[[2], true]]);
});

test("a member that nobody waits for is not run, in its batch or alone, and the others are", async () => {
  const left = new Set<string>();
  const ran: string[] = [];
  const run = share<string, string>({
    run: async (items, mayWait) => {
      ran.push(...items);
      if (!mayWait) left.add("waiting");
      return items.map((item) => (item === "waiting" && !mayWait ? WAITS : item));
    },
    mustBeWanted: (item) => {
      if (left.has(item)) throw new Error(`${item} left`);
    },
  });
  left.add("early");
  const settled = await Promise.allSettled(["early", "waiting", "stays"].map(run));
  expect(settled.map((it) => (it.status === "fulfilled" ? it.value : it.reason.message))).toEqual([
    "early left",
    "waiting left",
    "stays",
  ]);
  expect(ran.toSorted()).toEqual(["stays", "waiting"]);
});
