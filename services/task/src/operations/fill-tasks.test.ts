import { randomUUID } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import { MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { OperationState } from "@tessera/contracts/tessera/rpc/v1/operation_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import type { PreviewedTask } from "@tessera/contracts/tessera/task/v1/preview_pb.ts";
import { TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { GridEdge, TaskAction, TaskView } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { areaSquareKilometres } from "@tessera/geometry/areas/measure.ts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { clear, reasonOf, type TestService, testService, until } from "../testing/service.ts";
import { CoverChanged } from "./fill-store.ts";
import type { Runner } from "./operation-runner.ts";

const MANAGER = 90;
const TASKS_MAX = 2_000;

const polygon = (...coordinates: number[]) =>
  create(MultiPolygonSchema, { coordinates, ringLengths: [coordinates.length / 2], polygonLengths: [1] });
/** A triangle of some 80 km, and the same with more ground in the east. */
const SMALL = polygon(10, 10, 10.8, 10, 10.4, 10.7, 10, 10);
const GROWN = polygon(10, 10, 10.8, 10, 11.2, 10.6, 10.4, 10.7, 10, 10);

let service: TestService;
let runner: Runner;

beforeAll(async () => {
  service = await testService({ tasksMax: TASKS_MAX });
  service.allow(MANAGER, { role: ProjectRole.MANAGER });
});

afterAll(() => service.end());

beforeEach(async () => {
  await runner?.stop();
  await clear(service.sql);
  service.area.of = SMALL;
  runner = service.run();
});

const manager = () => service.as(MANAGER);

async function cut(request: object) {
  const { acknowledgement } = await manager().createTasks(request);
  const operationId = Number(acknowledgement?.name.split("/").at(-1));
  const read = async () => (await manager().getOperation({ operationId })).operation;
  await until(async () => (await read())?.done === true);
  return read();
}

const tasks = async () => (await manager().listTasks({ view: TaskView.WITH_AREA, pageSize: 1_000 })).tasks;

const ground = (some: readonly Pick<PreviewedTask, "area">[]) =>
  some.reduce((sum, { area }) => sum + (area === undefined ? 0 : areaSquareKilometres(area)), 0);

async function streamed(request: object): Promise<PreviewedTask[]> {
  const all: PreviewedTask[] = [];
  for await (const message of manager().streamTaskPreview(request)) all.push(...message.tasks);
  return all;
}

test.each([
  [{ zoom: 12 }],
  [{ zoom: 11, edge: GridEdge.WHOLE }],
  [{ taskCount: 30 }],
  [{ sizeMetres: 6_000 }],
])("a fill by %j makes what its preview shows, and covers the ground that was bare", async (request) => {
  await cut({ zoom: 12 });
  const before = await tasks();
  service.area.of = GROWN;
  const fill = { ...request, fill: true };
  const preview = (await manager().previewTasks(fill)).preview;
  const shown = await streamed(fill);
  expect(await tasks()).toEqual(before);

  expect(await cut(fill)).toMatchObject({ state: OperationState.SUCCEEDED, doneCount: shown.length });
  const after = await tasks();
  expect(after.slice(0, before.length)).toEqual(before);
  const made = after.slice(before.length);
  expect(made.length).toBeGreaterThan(0);
  expect(preview?.taskCount).toBe(made.length);
  const place = ({ taskId, tile, area }: PreviewedTask) => ({ taskId, tile, area });
  expect(made.map((task) => place(task as unknown as PreviewedTask))).toMatchObject(shown.map(place));
  if (!("edge" in request)) expect(ground(after)).toBeCloseTo(areaSquareKilometres(GROWN), 3);
  expect((await manager().getProgress({})).progress?.taskCount).toBe(after.length);

  expect(await cut(fill)).toMatchObject({ state: OperationState.SUCCEEDED, doneCount: 0 });
  expect(await tasks()).toEqual(after);
});

test("a square that lies on bare ground keeps its tile, and its history begins with its own event", async () => {
  await cut({ zoom: 12 });
  const last = (await tasks()).length;
  service.area.of = GROWN;
  await cut({ zoom: 12, fill: true });
  const made = (await tasks()).slice(last);
  expect(made.some(({ tile }) => tile?.zoom === 12)).toBe(true);
  const { events } = await manager().listTaskEvents({ taskId: last + 1 });
  expect(events).toMatchObject([{ kind: TaskEventKind.CREATED, revision: 1n, taskId: last + 1 }]);
});

test("where the project has no tasks yet, a fill is a cut", async () => {
  expect(await cut({ zoom: 12, fill: true })).toMatchObject({ state: OperationState.SUCCEEDED });
  expect(ground(await tasks())).toBeCloseTo(areaSquareKilometres(SMALL), 3);
  const [event] = (await manager().listTaskEvents({ taskId: 1 })).events;
  expect(event?.kind).toBe(TaskEventKind.TASKS_CREATED);
});

test("ground of a task that was split is covered by its parts, and a withdrawn task covers its own", async () => {
  await cut({ zoom: 12 });
  const { sql } = service;
  await sql`update tasks set state = ${TaskState.WITHDRAWN} where task_id = 3`;
  const { token: lockToken } = await manager().lockTask({ taskId: 5, purpose: LockPurpose.MAPPING });
  expect((await manager().splitTask({ taskId: 5, lockToken })).taskIds.length).toBeGreaterThan(1);
  expect(await cut({ zoom: 12, fill: true })).toMatchObject({ doneCount: 0 });
});

test("ground whose tasks were deleted is cut anew, under new numbers", async () => {
  await cut({ zoom: 12 });
  const before = await tasks();
  const taskIds = before.slice(0, 10).map(({ taskId }) => taskId);
  const { acknowledgement } = await manager().batchUpdateTasks({
    action: TaskAction.DELETE,
    filter: { taskIds },
  });
  const operationId = Number(acknowledgement?.name.split("/").at(-1));
  await until(async () => (await manager().getOperation({ operationId })).operation?.done === true);
  await cut({ zoom: 13, fill: true });
  const after = await tasks();
  expect(after.slice(0, before.length - 10)).toEqual(before.slice(10));
  expect(after.at(-1)?.taskId).toBe(before.length + after.length - (before.length - 10));
  expect(ground(after)).toBeCloseTo(areaSquareKilometres(SMALL), 3);
});

test("areas that are given are taken where no task is, and refused where one is", async () => {
  await cut({ zoom: 12 });
  const before = await tasks();
  service.area.of = GROWN;
  const bare = polygon(10.9, 10.3, 10.95, 10.3, 10.95, 10.35, 10.9, 10.35, 10.9, 10.3);
  const covered = polygon(10.38, 10.3, 10.42, 10.3, 10.42, 10.35, 10.38, 10.35, 10.38, 10.3);
  expect(await cut({ areas: [bare, covered], fill: true })).toMatchObject({
    state: OperationState.FAILED,
    error: { reason: "TASK_AREA_INVALID", metadata: { index: "1", rule: "covered" } },
  });
  expect(await tasks()).toEqual(before);
  expect(await cut({ areas: [bare], fill: true })).toMatchObject({ doneCount: 1 });
  expect((await tasks()).at(-1)).toMatchObject({ taskId: before.length + 1, area: bare });
});

test("a fill that would give too many tasks fails, and a second cut without fill is refused", async () => {
  await cut({ zoom: 12 });
  service.area.of = GROWN;
  expect(await cut({ zoom: 15, fill: true })).toMatchObject({ error: { reason: "TOO_MANY_TASKS" } });
  expect(await reasonOf(manager().createTasks({ zoom: 12 }))).toBe("TASKS_EXIST");
  expect(await reasonOf(manager().createTasks({ fill: true }))).toBe("FIELD_INVALID");
});

test("tasks that were added while a fill was being cut make it begin again: nothing is covered twice", async () => {
  await cut({ zoom: 12 });
  await runner.stop();
  service.area.of = GROWN;
  await Promise.all([
    manager().createTasks({ zoom: 12, fill: true }),
    manager().createTasks({ zoom: 11, fill: true }),
  ]);
  runner = service.run();
  await until(async () => (await manager().listOperations({})).operations.every(({ done }) => done));
  expect(ground(await tasks())).toBeCloseTo(areaSquareKilometres(GROWN), 3);
});

test("a fill is not written beside tasks that it did not see", async () => {
  await cut({ zoom: 12 });
  await runner.stop();
  await manager().createTasks({ zoom: 12, fill: true });
  const lease = randomUUID();
  const operation = await service.store.takeOperation(lease);
  if (operation === undefined) throw new Error("there was nothing to take");
  const cover = await service.store.readCover(1);
  const facts = { tasks: [], lastTaskId: (cover?.lastTaskId ?? 0) - 1, tasksMax: TASKS_MAX };
  await expect(service.store.fillTasks(operation, lease, facts)).rejects.toThrow(CoverChanged);
  expect(await manager().getOperation({ operationId: 2 })).toMatchObject({ operation: { done: false } });
});
