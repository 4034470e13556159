import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { drained } from "./drained.ts";

test.each(["drain", "close"])(
  "a stream that is waited for often has no listener left after %s",
  async (event) => {
    const stream = new EventEmitter();
    const { signal } = new AbortController();
    for (let time = 0; time < 100; time++) {
      const waiting = drained(stream, signal);
      expect([stream.listenerCount("drain"), stream.listenerCount("close")]).toEqual([1, 1]);
      stream.emit(event);
      await waiting;
    }
    expect(stream.eventNames()).toEqual([]);
  },
);

test("a caller that gave up waits no longer", async () => {
  const stream = new EventEmitter();
  const controller = new AbortController();
  const waiting = drained(stream, controller.signal);
  controller.abort();
  await waiting;
  await drained(stream, controller.signal);
  expect(stream.eventNames()).toEqual([]);
});
