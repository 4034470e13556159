import { expect, test } from "vitest";
import { fairTurns, NoTurn } from "./fair-turns.ts";

const BOUNDS = { atOnce: 2, atOncePerCaller: 1, waiting: 6, waitingPerCaller: 4 };
const never = new AbortController().signal;
const settle = () => new Promise((resolve) => setImmediate(resolve));

test("a caller with many requests has one turn at a time, and others do not wait behind all of them", async () => {
  const turns = fairTurns(BOUNDS);
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const ask = (caller: string, name: string) =>
    turns.take(caller, never).then((end) => {
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
  // a had a turn since c came.
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
  const turns = fairTurns({ ...BOUNDS, atOnce: 1 });
  const end = await turns.take("x", never);
  const waits = [..."aaaabb"].map((caller) => turns.take(caller, never).then((end) => end()));
  await expect(turns.take("a", never)).rejects.toThrow(NoTurn);
  await expect(turns.take("c", never)).rejects.toThrow(NoTurn);
  end();
  await Promise.all(waits);
});

test("a caller that gives up waiting leaves the queue", async () => {
  const turns = fairTurns({ ...BOUNDS, atOnce: 1 });
  const end = await turns.take("x", never);
  const patience = new AbortController();
  const given = turns.take("a", patience.signal);
  const after = turns.take("b", never);
  patience.abort("gone");
  await expect(given).rejects.toBe("gone");
  end();
  (await after)();
  (await turns.take("c", never))();
});
