import { expect, test } from "vitest";
import { keyAt, publishedAt, soonestByHand, successorDue } from "./signing-key.ts";

const DAY = 86_400;
const at = (seconds: number) => new Date(1_800_000_000_000 + seconds * 1000);
const key = (generation: number, activates: number, revokes?: number) => ({
  generation,
  activateTime: at(activates),
  revokeTime: revokes === undefined ? null : at(revokes),
});
const generations = (keys: { generation: number }[]) => keys.map(({ generation }) => generation);

test("the first key signs at once, and the next is made some minutes before its time", () => {
  expect(successorDue([], at(0), 30 * DAY)).toEqual({ generation: 1, activateTime: at(0) });
  const keys = [key(1, 0)];
  expect(successorDue(keys, at(30 * DAY - 181), 30 * DAY)).toBeUndefined();
  expect(successorDue(keys, at(30 * DAY - 180), 30 * DAY)).toEqual({
    generation: 2,
    activateTime: at(30 * DAY),
  });
  const next = [...keys, key(2, 30 * DAY)];
  expect(successorDue(next, at(30 * DAY - 180), 30 * DAY)).toBeUndefined();
});

test("a rotation that is late by a week still publishes before it signs", () => {
  expect(successorDue([key(1, 0)], at(37 * DAY), 30 * DAY)?.activateTime).toEqual(at(37 * DAY + 180));
});

test("a key signs from its time until the next one does, and a revoked one never", () => {
  const keys = [key(1, 0), key(2, 100), key(3, 200)];
  expect([-5, 0, 99, 100, 199, 200, 999].map((now) => keyAt(keys, at(now))?.generation)).toEqual([
    1, 1, 1, 2, 2, 3, 3,
  ]);
  const revoked = [key(1, 0), key(2, 100, 150), key(3, 200)];
  expect([99, 120, 250].map((now) => keyAt(revoked, at(now))?.generation)).toEqual([1, 1, 3]);
});

test("one that is made by hand signs before one that the schedule made, and for good", () => {
  const keys = [key(1, 0), key(2, 280), { ...key(3, 0), activateTime: soonestByHand(at(110)) }];
  expect([114, 115, 280, 999].map((now) => keyAt(keys, at(now))?.generation)).toEqual([1, 3, 3, 3]);
});

test("a key is published from its making until no token of it lives", () => {
  const keys = [key(1, 0), key(2, 1_000), key(3, 9_000, 5_000)];
  expect(generations(publishedAt(keys, at(10)))).toEqual([1, 2]);
  expect(generations(publishedAt(keys, at(1_000 + 3_659)))).toEqual([1, 2]);
  expect(generations(publishedAt(keys, at(1_000 + 3_660)))).toEqual([2]);
  expect(generations(publishedAt(keys, at(1e9)))).toEqual([2]);
});

test("a generation is never given twice, also after the newest was revoked", () => {
  const keys = [key(1, 0, 10), key(2, 0, 10)];
  expect(successorDue(keys, at(20), DAY)).toEqual({ generation: 3, activateTime: at(20) });
});
