import { create } from "@bufbuild/protobuf";
import { ListProjectsRequestSchema } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { expect, test } from "vitest";
import { pageToken, readPageToken } from "./page-token.ts";

const request = (pageToken = "", pageSize = 0) => create(ListProjectsRequestSchema, { pageToken, pageSize });

test("the first page has no token", () => {
  expect(readPageToken(request())).toBeUndefined();
});

test.each([1, 7, 2_147_483_647])("a token leads back to project %i, whatever the page size", (projectId) => {
  const token = pageToken(request("", 5), projectId);
  expect(readPageToken(request(token, 50))).toBe(projectId);
});

test("a token that anything was done to is not taken", () => {
  const token = pageToken(request(), 7);
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
    expect(() => readPageToken(request(forged)), forged).toThrow(
      "The page token does not belong to this list",
    );
  }
});
