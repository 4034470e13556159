import { describe, expect, test } from "vitest";
import { partFor, rangedReply } from "./ranges.ts";

const TAG = '"v1-csv"';
const asked = (range: string, ifRange?: string, method = "GET") => ({
  method,
  headers: { range, ...(ifRange !== undefined && { "if-range": ifRange }) },
});

test.each([
  ["bytes=0-", 206, "bytes 0-9/10"],
  ["bytes=0-0", 206, "bytes 0-0/10"],
  ["bytes=3-5", 206, "bytes 3-5/10"],
  ["bytes=9-", 206, "bytes 9-9/10"],
  ["bytes=5-99", 206, "bytes 5-9/10"],
  ["bytes=-3", 206, "bytes 7-9/10"],
  ["bytes=-99", 206, "bytes 0-9/10"],
  ["BYTES= 1-2 ", 206, "bytes 1-2/10"],
  ["bytes=10-", 416, "bytes */10"],
  ["bytes=10-12", 416, "bytes */10"],
  ["bytes=-0", 416, "bytes */10"],
  ["bytes=99999999999999999999-", 416, "bytes */10"],
  ["bytes=5-3", 200, undefined],
  ["bytes=-", 200, undefined],
  ["bytes=0-1,3-4", 200, undefined],
  ["bytes=a-b", 200, undefined],
  ["lines=0-1", 200, undefined],
  ["bytes 0-1", 200, undefined],
])("of 10 bytes, %s is answered %i, %s", (range, status, contentRange) => {
  const { status: found, headers } = partFor(asked(range), TAG, 10);
  expect([found, headers["Content-Range"]]).toEqual([status, contentRange]);
});

describe("If-Range", () => {
  test.each([
    [TAG, 206],
    [` ${TAG} `, 206],
    ['"v2-csv"', 200],
    [`W/${TAG}`, 200],
    ['"v1-csv-gzip"', 200],
    ["Sat, 29 Oct 1994 19:43:31 GMT", 200],
    ["*", 200],
  ])("%s is answered %i", (ifRange, status) => {
    expect(partFor(asked("bytes=1-", ifRange), TAG, 10).status).toBe(status);
  });
});

test("HEAD has no parts", () => {
  expect(partFor(asked("bytes=1-", undefined, "HEAD"), TAG, 10).status).toBe(200);
});

test("a part of nothing is no part", () => {
  expect(partFor(asked("bytes=0-"), TAG, 0).status).toBe(416);
});

describe("a reply", () => {
  const headers = { ETag: TAG, "Accept-Ranges": "bytes", "Content-Type": "text/csv" };

  test("is cut by bytes, not by characters", () => {
    const { status, body } = rangedReply(asked("bytes=1-2"), { status: 200, headers, body: "aéb" });
    expect([status, body?.toString()]).toEqual([206, "é"]);
  });

  test("that ends before the part says how long it is", () => {
    const reply = rangedReply(asked("bytes=9-"), { status: 200, headers, body: "abc" });
    expect(reply).toEqual({
      status: 416,
      headers: { ETag: TAG, "Accept-Ranges": "bytes", "Content-Range": "bytes */3" },
    });
  });

  test.each([
    [{ status: 304, headers }],
    [{ status: 200, headers: { ETag: TAG }, body: "abc" }],
    [{ status: 200, headers: { "Accept-Ranges": "bytes" }, body: "abc" }],
  ])("%j has no parts", (reply) => {
    expect(rangedReply(asked("bytes=1-"), reply)).toBe(reply);
  });
});
