import { createContextValues } from "@connectrpc/connect";
import { expect, test } from "vitest";
import { notBeforeOf } from "./freshness.ts";

const NOW_MS = 100_000;

test.each([
  [undefined, undefined],
  ["", undefined],
  ["no-cache", NOW_MS],
  ["No-Cache", NOW_MS],
  ["max-age=0", NOW_MS],
  ["no-transform, max-age=2", NOW_MS - 2_000],
  ["max-age=2, no-cache", NOW_MS],
  ["max-age=-1", undefined],
  ["max-age=soon", undefined],
  ["max-age=99999999999999", undefined],
  ["no-store", undefined],
])("%s", (header, expected) => {
  const requestHeader = new Headers(header === undefined ? {} : { "cache-control": header });
  expect(notBeforeOf({ requestHeader, values: createContextValues() }, NOW_MS)).toBe(expected);
});
