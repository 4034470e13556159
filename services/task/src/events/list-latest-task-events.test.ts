import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { isPublished } from "../testing/published.ts";
import { clear, plant, reasonOf, squares, type TestService, testService, until } from "../testing/service.ts";

const { MAPPING: purpose } = LockPurpose;

let service: TestService;
beforeAll(async () => {
  service = await testService();
});
afterAll(() => service.end());
beforeEach(async () => {
  await clear(service.sql);
  for (const projectId of [1, 2]) await plant(service.sql, squares(9), projectId);
});

const published = () => until(() => isPublished(service.sql));
const { LOCKED, LOCK_RELEASED } = TaskEventKind;

test("a project's events are listed from the last one on, page by page, while more happens", async () => {
  const mapper = service.as(5);
  for (const taskId of [1, 2]) {
    await mapper.lockTask({ projectId: 1, taskId, purpose });
    await mapper.releaseLock({ projectId: 1, taskId });
  }
  await service.as(6).lockTask({ projectId: 2, taskId: 1, purpose });
  await published();
  const first = await mapper.listLatestTaskEvents({ projectId: 1, pageSize: 3 });
  expect(first.events.map(({ taskId, kind }) => [taskId, kind])).toEqual([
    [2, LOCK_RELEASED],
    [2, LOCKED],
    [1, LOCK_RELEASED],
  ]);
  await mapper.lockTask({ projectId: 1, taskId: 3, purpose });
  await published();
  const { nextPageToken: pageToken } = first;
  const second = await mapper.listLatestTaskEvents({ projectId: 1, pageSize: 3, pageToken });
  expect(second.events[0]).toMatchObject({ taskId: 1, kind: LOCKED, actorUserId: 5n });
  expect(second.events.every(({ projectId }) => projectId === 1)).toBe(true);
  expect(second.nextPageToken).toBe("");
  const again = await mapper.listLatestTaskEvents({ projectId: 1, pageSize: 1 });
  expect(again.events[0]).toMatchObject({ taskId: 3, kind: LOCKED });
});

test("a page token of another project is refused", async () => {
  await service.as(5).lockTask({ projectId: 1, taskId: 1, purpose });
  await service.as(5).releaseLock({ projectId: 1, taskId: 1 });
  await published();
  const { nextPageToken: pageToken } = await service
    .as(5)
    .listLatestTaskEvents({ projectId: 1, pageSize: 1 });
  expect(pageToken).not.toBe("");
  const other = service.as(5).listLatestTaskEvents({ projectId: 2, pageSize: 1, pageToken });
  expect(await reasonOf(other)).toBe("PAGE_TOKEN_INVALID");
});
