import { create } from "@bufbuild/protobuf";
import { DurationSchema } from "@bufbuild/protobuf/wkt";
import { expect, test } from "vitest";
import { durationOf, secondsOf } from "./duration.ts";

test.each([
  [0n, 0, 0],
  [300n, 0, 300],
  [300n, 1_000_000, 301],
  [300n, 999_999_999, 301],
  // Not of the form that protobuf asks for, but a caller can send it.
  [301n, -1_000_000_000, 300],
])("%d s and %d ns are %d whole seconds", (seconds, nanos, whole) => {
  expect(secondsOf(create(DurationSchema, { seconds, nanos }))).toBe(whole);
});

test("whole seconds are a duration and back", () => {
  for (const seconds of [0, 1, 300, 604_800]) expect(secondsOf(durationOf(seconds))).toBe(seconds);
});
