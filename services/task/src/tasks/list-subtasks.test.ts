import { afterAll, beforeAll, expect, test } from "vitest";
import { plant, squares, type TestService, testService } from "../testing/service.ts";

const PARTS = [3, 4, 5, 7, 8];

let service: TestService;

beforeAll(async () => {
  service = await testService();
  await plant(service.sql, squares(10));
  await service.sql`update tasks set parent_id = 2 where task_id = any(${PARTS}::integer[])`;
});

afterAll(() => service.end());

test("the parts of a task are listed by number, in pages", async () => {
  const found: number[] = [];
  let pageToken = "";
  do {
    const page = await service.as(1).listSubtasks({ taskId: 2, pageSize: 2, pageToken });
    expect(page.tasks.length).toBeLessThanOrEqual(2);
    found.push(...page.tasks.map(({ taskId }) => taskId));
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  expect(found).toEqual(PARTS);
});

test("a task without parts has one empty page, and a page token of another task is refused", async () => {
  expect(await service.as(1).listSubtasks({ taskId: 1 })).toMatchObject({ tasks: [], nextPageToken: "" });
  const { nextPageToken } = await service.as(1).listSubtasks({ taskId: 2, pageSize: 2 });
  await expect(service.as(1).listSubtasks({ taskId: 1, pageToken: nextPageToken })).rejects.toMatchObject({
    reason: { name: "PAGE_TOKEN_INVALID" },
  });
});
