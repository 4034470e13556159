import { type Task, TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { TaskView } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clear, lapse, plant, squares, type TestService, testService } from "../testing/service.ts";

const TASKS = 12;
/** Vertices of each area: 320 kB, so that seven of them are more than the 2 MiB of a page. */
const VERTICES = 20_000;

let service: TestService;

beforeAll(async () => {
  service = await testService();
  await clear(service.sql);
  const coordinates = Array.from({ length: 2 * VERTICES }, (_, at) => (at % 2 === 0 ? 10 : 20));
  const area = { coordinates, ringLengths: [VERTICES], polygonLengths: [1] };
  await plant(
    service.sql,
    squares(TASKS).map((it) => ({ ...it, area: { ...it.area, ...area } })),
  );
});
afterAll(() => service.end());

const listed = (request: object) => service.as(1).listTasks({ pageSize: 1_000, ...request });

test("a page with large areas ends early; the pages together have every task once", async () => {
  const found: Task[] = [];
  const sizes: number[] = [];
  let pageToken = "";
  do {
    const page = await listed({ pageToken, view: TaskView.WITH_AREA });
    found.push(...page.tasks);
    sizes.push(page.tasks.length);
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  expect(found.map(({ taskId }) => taskId)).toEqual(Array.from({ length: TASKS }, (_, at) => at + 1));
  expect(sizes).toEqual([7, 5]);
});

test("areas that are not shown end no page", async () => {
  expect((await listed({})).tasks.length).toBe(TASKS);
});

test("what matches is counted over all pages, on each page that asks, and else not", async () => {
  const first = await listed({ pageSize: 5, withTotal: true });
  expect(first.taskCount).toBe(TASKS);
  const second = await listed({ pageSize: 5, pageToken: first.nextPageToken });
  expect([second.tasks[0]?.taskId, second.taskCount]).toEqual([6, undefined]);
  const none = await listed({ withTotal: true, filter: { states: [TaskState.MAPPED] } });
  expect([none.tasks.length, none.taskCount]).toEqual([0, 0]);
});

test("a task whose lock expired was last changed at that moment, written down or not", async () => {
  await service.as(2).lockTask({ taskId: 3, purpose: 1 });
  await lapse(service.sql, 3);
  const { tasks } = await listed({ filter: { taskIds: [3] } });
  const updatedAfterTime = tasks[0]?.updateTime;
  expect(updatedAfterTime).toBeDefined();
  const after = await listed({ filter: { taskIds: [3], updatedAfterTime } });
  expect(after.tasks.map(({ taskId }) => taskId)).toEqual([3]);
  const before = await listed({ filter: { taskIds: [3], updatedBeforeTime: updatedAfterTime } });
  expect(before.tasks).toEqual([]);
});
