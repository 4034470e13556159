import { create } from "@bufbuild/protobuf";
import { ListProjectsRequestSchema } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { expect, test } from "vitest";
import { pageToken, readPageToken } from "./page-token.ts";

const request = (pageToken = "", pageSize = 0, query = "") =>
  create(ListProjectsRequestSchema, { pageToken, pageSize, query });
const written = (last: string, of = request()) => pageToken(ListProjectsRequestSchema, of, last);
const read = (of: ReturnType<typeof request>) => readPageToken(ListProjectsRequestSchema, of);

test("the first page has no token", () => {
  expect(read(request())).toBeUndefined();
});

test.each(["=1:1", "=7:", "~2147483647:काठमाडौं"])(
  "a token leads back to %s, whatever the page size",
  (last) => {
    expect(read(request(written(last, request("", 5)), 50))).toBe(last);
  },
);

test("a token is of its filters", () => {
  const token = written("=7:7", request("", 0, "roads"));
  expect(read(request(token, 0, "roads"))).toBe("=7:7");
  expect(() => read(request(token, 0, "road"))).toThrow("The page token does not belong to this list");
});

test("a token that anything was done to is not taken", () => {
  const token = written("=7:7");
  const changed = [...token].map(
    (letter, at) => token.slice(0, at) + (letter === "A" ? "B" : "A") + token.slice(at + 1),
  );
  const others = [
    token.slice(1),
    `${token}A`,
    `${token}=`,
    ` ${token}`,
    "x",
    "projects:7",
    "////",
    "-1",
    "\0",
  ];
  for (const forged of [...changed, ...others]) {
    expect(() => read(request(forged)), forged).toThrow("The page token does not belong to this list");
  }
});
