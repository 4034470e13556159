import { expect, test } from "vitest";
import { fairQueue, QueueFull } from "./fair-queue.ts";

const BOUNDS = { atOnce: 2, atOncePerCaller: 1, waiting: 6, waitingPerCaller: 4 };
const never = new AbortController().signal;
const settle = () => new Promise((resolve) => setImmediate(resolve));

test("a caller with many requests runs one at a time, and others do not wait behind all of them", async () => {
  const queue = fairQueue(BOUNDS);
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const ask = (caller: string, name: string) =>
    queue.take(caller, never).then((end) => {
      begun.push(name);
      ends.set(name, end);
    });
  for (const name of ["a1", "a2", "a3"]) void ask("a", name);
  for (const name of ["b1", "b2"]) void ask("b", name);
  void ask("c", "c1");
  await settle();
  expect(begun).toEqual(["a1", "b1"]);
  ends.get("a1")?.();
  await settle();
  expect(begun.slice(2)).toEqual(["a2"]);
  ends.get("a2")?.();
  await settle();
  // a has run since c came.
  expect(begun.slice(3)).toEqual(["c1"]);
  ends.get("b1")?.();
  ends.get("b1")?.();
  await settle();
  expect(begun.slice(4)).toEqual(["b2"]);
  ends.get("c1")?.();
  await settle();
  expect(begun.slice(5)).toEqual(["a3"]);
});

test("no more wait than the bounds say, of one caller and in all", async () => {
  const queue = fairQueue({ ...BOUNDS, atOnce: 1 });
  const end = await queue.take("x", never);
  const waits = [..."aaaabb"].map((caller) => queue.take(caller, never).then((end) => end()));
  await expect(queue.take("a", never)).rejects.toThrow(QueueFull);
  await expect(queue.take("c", never)).rejects.toThrow(QueueFull);
  end();
  await Promise.all(waits);
});

test("a caller that gives up waiting leaves the queue", async () => {
  const queue = fairQueue({ ...BOUNDS, atOnce: 1 });
  const end = await queue.take("x", never);
  const patience = new AbortController();
  const given = queue.take("a", patience.signal);
  const after = queue.take("b", never);
  patience.abort("gone");
  await expect(given).rejects.toBe("gone");
  end();
  (await after)();
  (await queue.take("c", never))();
});
