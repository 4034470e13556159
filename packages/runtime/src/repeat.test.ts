import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { repeat } from "./repeat.ts";

const LONG_MS = 3_600_000;

test("a round that fails is reported, and the next one is tried", async () => {
  const failures: unknown[] = [];
  let rounds = 0;
  const repeating = repeat({
    everyMs: 1,
    work: async () => {
      if (++rounds === 1) throw new Error("once");
    },
    failed: (error) => failures.push(error),
  });
  await expect.poll(() => rounds).toBeGreaterThan(2);
  await repeating.stop();
  expect(failures).toEqual([new Error("once")]);
});

test("rounds never overlap, and a poke during one is followed by another at once", async () => {
  let running = 0;
  let most = 0;
  let rounds = 0;
  let release = () => {};
  const repeating = repeat({
    everyMs: LONG_MS,
    work: async () => {
      most = Math.max(most, ++running);
      rounds++;
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      running--;
    },
    failed: () => {},
  });
  await expect.poll(() => rounds).toBe(1);
  repeating.poke();
  repeating.poke();
  expect(rounds).toBe(1);
  release();
  await expect.poll(() => rounds).toBe(2);
  release();
  await repeating.stop();
  expect([most, rounds]).toEqual([1, 2]);
});

test("stop waits for the round that is under way, whose failure is not reported", async () => {
  const failures: unknown[] = [];
  let ended = false;
  const repeating = repeat({
    everyMs: LONG_MS,
    work: async (signal) => {
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      ended = true;
      throw new Error("aborted");
    },
    failed: (error) => failures.push(error),
  });
  await repeating.stop();
  expect([ended, failures]).toEqual([true, []]);
});

test("work that begins later waits for its pause or a poke", async () => {
  let rounds = 0;
  const repeating = repeat({
    everyMs: LONG_MS,
    work: async () => void rounds++,
    failed: () => {},
    later: true,
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(rounds).toBe(0);
  repeating.poke();
  await expect.poll(() => rounds).toBe(1);
  await repeating.stop();
});

test("the pause after failures doubles up to the longest, and a round that does its work starts it anew", async () => {
  const { pauses, stop } = pausesOf([false, false, false, false, true, false], { firstMs: 100, mostMs: 400 });
  expect(await pauses).toEqual([100, 200, 400, 400, 7_000, 100]);
  await stop();
});

test("a poke during a round that fails does not begin the next one", async () => {
  let rounds = 0;
  const repeating = repeat({
    everyMs: LONG_MS,
    work: async () => {
      rounds++;
      await nextTurn();
      repeating.poke();
      throw new Error("gone");
    },
    failed: () => {},
  });
  await expect.poll(() => rounds).toBe(1);
  await nextTurn();
  await nextTurn();
  expect(rounds).toBe(1);
  repeating.poke();
  await expect.poll(() => rounds).toBe(2);
  await repeating.stop();
});

test("a loop that ends itself does no further round", async () => {
  let rounds = 0;
  const repeating = repeat({
    everyMs: 1,
    work: () => {
      if (++rounds === 3) void repeating.stop();
    },
    later: true,
  });
  await expect.poll(() => rounds).toBe(3);
  await repeating.stop();
  expect(rounds).toBe(3);
});

/** The pauses after rounds that do their work or fail, by a clock that only the pauses move. */
function pausesOf(rounds: readonly boolean[], retry: { firstMs: number; mostMs: number }) {
  vi.useFakeTimers();
  const begun: number[] = [];
  const repeating = repeat({
    everyMs: 7_000,
    retry,
    work: () => {
      const isDone = rounds[begun.length] ?? true;
      begun.push(Date.now());
      if (!isDone) throw new Error("gone");
    },
    failed: () => {},
  });
  const run = async () => {
    while (begun.length <= rounds.length) await vi.advanceTimersToNextTimerAsync();
    vi.useRealTimers();
    return begun.slice(1).map((at, index) => at - (begun[index] as number));
  };
  return { pauses: run(), stop: () => repeating.stop() };
}
