import { create } from "@bufbuild/protobuf";
import { ListCommentsRequestSchema } from "@tessera/contracts/tessera/task/v1/comment_service_pb.ts";
import { pageToken } from "@tessera/rpc/page-token.ts";
import { expect, test } from "vitest";
import { GREATEST, pageOf, withinKey, withinOf } from "./page.ts";

const KEYS = [1n, 2n, 40n, GREATEST.int32];
const request = (pageToken = "", pageSize = 2) =>
  create(ListCommentsRequestSchema, { projectId: 1, taskId: 1, pageSize, pageToken });
const page = (pageToken?: string) =>
  pageOf(ListCommentsRequestSchema, request(pageToken), {
    read: async (after, limit) => KEYS.filter((key) => key > after).slice(0, limit),
    keyOf: (key) => key,
  });

test("pages follow each other to the last", async () => {
  const first = await page();
  expect(first.items).toEqual([1n, 2n]);
  expect(await page(first.nextPageToken)).toEqual({ items: [40n, GREATEST.int32], nextPageToken: "" });
});

test.each(["", "-1", "x", "1.5", " 1", "2147483648", "9".repeat(18), "9".repeat(19), "9".repeat(60)])(
  "a token made up for the key %j is refused",
  async (last) => {
    const made = pageToken(ListCommentsRequestSchema, request(), last);
    await expect(page(made)).rejects.toThrow("The page token does not belong to this list");
  },
);

test("a key of two numbers is read as it was written", () => {
  const most = 2 ** 31 - 1;
  for (const [taskId, number] of [
    [0, 0],
    [1, 1],
    [most, most],
  ] as const) {
    expect(withinOf(withinKey(taskId, number))).toEqual({ taskId, number });
  }
  expect(withinKey(most, most)).toBe(GREATEST.within);
});
