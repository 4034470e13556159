import { expect, test } from "vitest";
import { momentAndIdIn, numberIn } from "./page-key.ts";

const ID = /^[a-z]{3}$/;

test("a moment and an id are read", () => {
  expect(momentAndIdIn("2026-11-23T04:05:06.007Z abc", ID)).toEqual({
    createTime: new Date("2026-11-23T04:05:06.007Z"),
    id: "abc",
  });
});

test.each([
  "",
  "abc",
  "2026-11-23T04:05:06.007Z",
  "2026-13-45T04:05:06.007Z abc",
  "now abc",
  "2026-11-23T04:05:06.007Z ab'",
])("what is made up is refused: %j", (text) => {
  expect(() => momentAndIdIn(text, ID)).toThrow(/page token/i);
  expect(() => numberIn(text)).toThrow(/page token/i);
});
