import { expect, test } from "vitest";
import { spanOf } from "./date-time.ts";

const ms = (text: string) => Date.parse(text);
const NOON = "2026-11-30T12:00:00Z";

test.each([
  [NOON, ms(NOON), ms(NOON) + 1],
  ["2026-11-30T12:00:00.250Z", ms(NOON) + 250, ms(NOON) + 251],
  ["2026-11-30T14:00:00+02:00", ms(NOON), ms(NOON) + 1],
  ["2026-11-30T14:00:00 02:00", ms(NOON), ms(NOON) + 1],
  ["2026-11-30", ms("2026-11-30"), ms("2026-12-01")],
  ["2026-11-30T", ms("2026-11-30"), ms("2026-12-01")],
  [`${NOON}/..`, ms(NOON), undefined],
  [`${NOON}/`, ms(NOON), undefined],
  [`../${NOON}`, undefined, ms(NOON) + 1],
  [`/${NOON}`, undefined, ms(NOON) + 1],
  [`${NOON}/${NOON}`, ms(NOON), ms(NOON) + 1],
  ["2026-11-29/2026-11-30", ms("2026-11-29"), ms("2026-12-01")],
  ["../..", undefined, undefined],
])("the time %s", (text, from, before) => {
  expect(spanOf(text)).toEqual({ from, before });
});

test.each([
  "",
  "..",
  "now",
  "2026-02-30",
  "2026-13-01T00:00:00Z",
  "2026-11-30T12:00",
  "2026-11-30T12:00:00",
  "2026-11-30/2026-11-29",
  "2026-11-28/2026-11-29/2026-11-30",
  "2026-11-28/..../",
])("%s is no time", (text) => {
  expect(spanOf(text)).toBeUndefined();
});
