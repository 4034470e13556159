import { expect, test } from "vitest";
import { pageToken, readPageToken } from "./page-token.ts";

test("a token leads to the key after which the page ended", () => {
  expect(readPageToken("tasks/1", pageToken("tasks/1", 42))).toBe(42n);
  expect(readPageToken("tasks/1", "")).toBe(0n);
});

test.each([
  ["of another project", pageToken("tasks/2", 42)],
  ["of a project whose number begins alike", pageToken("tasks/12", 42)],
  ["made up", "abc"],
  ["with something behind it", `${pageToken("tasks/1", 42)}A`],
  ["with a key that is no number", Buffer.from("tasks/1:-1").toString("base64url")],
])("a token %s is refused", (_, token) => {
  expect(() => readPageToken("tasks/1", token)).toThrow(/page token/);
});
