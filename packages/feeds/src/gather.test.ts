import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { gather } from "./gather.ts";

const WAIT_MS = 100;

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

/** What the test gives, when it gives it. */
function source() {
  const given: (number | Error | "end")[] = [];
  let wake = () => {};
  let returned = false;
  async function* read(): AsyncGenerator<number> {
    try {
      for (;;) {
        const one = given.shift();
        if (one === "end") return;
        if (one instanceof Error) throw one;
        if (one !== undefined) yield one;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    } finally {
      returned = true;
    }
  }
  const give = async (...all: typeof given) => {
    given.push(...all);
    wake();
    await vi.advanceTimersByTimeAsync(0);
  };
  return { read, give, hasReturned: () => returned };
}

/** Reads lots into `lots`; `over` resolves at the end. */
function reading(from: AsyncIterable<number>, most = 4) {
  const lots: number[][] = [];
  const over = (async () => {
    for await (const lot of gather(from, { waitMs: WAIT_MS, most })) lots.push(lot);
  })();
  over.catch(() => {});
  return { lots, over };
}

test("what comes within the time after the first comes together, and what is later with the next", async () => {
  const { read, give } = source();
  const { lots } = reading(read());
  await give(1);
  await vi.advanceTimersByTimeAsync(WAIT_MS - 1);
  await give(2);
  expect(lots).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(lots).toEqual([[1, 2]]);
  await vi.advanceTimersByTimeAsync(10 * WAIT_MS);
  await give(3);
  await vi.advanceTimersByTimeAsync(WAIT_MS);
  expect(lots).toEqual([[1, 2], [3]]);
});

test("a full lot waits for nobody", async () => {
  const { read, give } = source();
  const { lots } = reading(read());
  await give(1, 2, 3, 4, 5);
  expect(lots).toEqual([[1, 2, 3, 4]]);
  await vi.advanceTimersByTimeAsync(WAIT_MS);
  expect(lots).toEqual([[1, 2, 3, 4], [5]]);
});

test("what came before the end, or before an error, is yielded at once", async () => {
  const ended = source();
  const one = reading(ended.read());
  await ended.give(1, 2, "end");
  await one.over;
  expect(one.lots).toEqual([[1, 2]]);
  const failed = source();
  const other = reading(failed.read(), 2);
  await failed.give(1, 2, new Error("gone"));
  await expect(other.over).rejects.toThrow("gone");
  expect(other.lots).toEqual([[1, 2]]);
});

test("a reader that leaves does not wait for more, and the source ends with its next", async () => {
  const { read, give, hasReturned } = source();
  const lots = gather(read(), { waitMs: WAIT_MS, most: 4 });
  const first = lots.next();
  await give(1);
  await vi.advanceTimersByTimeAsync(WAIT_MS);
  expect((await first).value).toEqual([1]);
  await lots.return(undefined);
  expect(hasReturned()).toBe(false);
  await give(2);
  expect(hasReturned()).toBe(true);
});
