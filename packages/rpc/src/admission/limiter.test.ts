import { expect, test } from "vitest";
import { limiter } from "./limiter.ts";

/** Calls of a service that works on `capacity` at once without slowing down, as many as the limit lets in. */
function load(it: ReturnType<typeof limiter>, capacity: number, rounds: number, bestMs = 30): void {
  for (let round = 0; round < rounds; round++) {
    const running = it.limit();
    const ms = bestMs * Math.max(1, running / capacity);
    for (let call = 0; call < running; call++) it.done("X", ms, running);
  }
}

test("the limit grows while calls are as quick as ever, and shrinks while they wait for each other", () => {
  const it = limiter();
  for (let call = 0; call < 10; call++) it.done("X", 30, 1);
  load(it, 1_000, 200);
  expect(it.limit()).toBe(256);
  load(it, 10, 500);
  expect(it.limit()).toBe(64);
});

test("calls that are quick all the same do not lower the limit, however much quicker they are alone", () => {
  const it = limiter();
  it.done("X", 0.1, 1);
  load(it, 10, 500, 1);
  expect(it.limit()).toBe(256);
});

test("a limit that is not reached stays, whatever calls take", () => {
  const it = limiter();
  const before = it.limit();
  for (let call = 0; call < 1_000; call++) it.done("X", call % 2 === 0 ? 1 : 1_000, 2);
  expect(it.limit()).toBe(before);
});
