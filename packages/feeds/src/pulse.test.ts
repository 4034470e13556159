import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Pulse, pulse } from "./pulse.ts";

const PERIOD_MS = 500;

/** What a reading finds; an error for a database that is gone. */
let found: string | Error;
let readings: number;
let failures: unknown[];
let beating: Pulse<string>;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  [found, readings, failures] = ["nothing", 0, []];
  const read = async () => {
    readings += 1;
    if (found instanceof Error) throw found;
    return found;
  };
  beating = pulse(read, (error) => failures.push(error), PERIOD_MS);
});

afterEach(async () => {
  await beating.stop();
  vi.useRealTimers();
});

test("all loops of a process share one reading a period", async () => {
  const seen: string[] = [];
  for (const name of ["sweeper", "sequencer"]) beating.on((signs) => seen.push(`${name}: ${signs}`));
  await vi.advanceTimersByTimeAsync(1);
  expect([readings, seen.length]).toEqual([1, 0]);
  found = "something";
  await vi.advanceTimersByTimeAsync(PERIOD_MS);
  expect([readings, seen]).toEqual([2, ["sweeper: something", "sequencer: something"]]);
});

test("a poke is read at once, and pokes that come shortly after share the next reading", async () => {
  await vi.advanceTimersByTimeAsync(PERIOD_MS / 2);
  beating.poke();
  await vi.advanceTimersByTimeAsync(1);
  expect(readings).toBe(2);
  for (let times = 0; times < 5; times++) beating.poke();
  await vi.advanceTimersByTimeAsync(1);
  expect(readings).toBe(2);
  await vi.advanceTimersByTimeAsync(20);
  expect(readings).toBe(3);
});

test("a reading that fails is reported, and the next one comes", async () => {
  await vi.advanceTimersByTimeAsync(1);
  found = new Error("gone");
  await vi.advanceTimersByTimeAsync(PERIOD_MS);
  expect(failures).toEqual([found]);
  const seen: string[] = [];
  beating.on((signs) => seen.push(signs));
  found = "back";
  await vi.advanceTimersByTimeAsync(PERIOD_MS);
  expect(seen).toEqual(["back"]);
});

test("a process is ready while its readings succeed, and asks the database itself when they do not", async () => {
  await vi.advanceTimersByTimeAsync(1);
  await beating.ready();
  expect(readings).toBe(1);
  found = new Error("gone");
  await vi.advanceTimersByTimeAsync(2 * PERIOD_MS);
  await expect(beating.ready()).rejects.toThrow("gone");
  found = "back";
  await beating.ready();
});

test("what stopped reads no more, also if it is poked", async () => {
  await vi.advanceTimersByTimeAsync(1);
  beating.poke();
  await beating.stop();
  beating.poke();
  await vi.advanceTimersByTimeAsync(10 * PERIOD_MS);
  expect(readings).toBe(1);
});
