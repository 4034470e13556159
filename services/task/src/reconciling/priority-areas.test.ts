import { create } from "@bufbuild/protobuf";
import { type MultiPolygon, MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { OperationState } from "@tessera/contracts/tessera/rpc/v1/operation_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { boundingBoxOf } from "@tessera/geometry/areas/measure.ts";
import { squareArea } from "@tessera/geometry/grids/tile.ts";
import { GeometryTimeout } from "@tessera/geometry/work/geometry-timeout.ts";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { Runner } from "../operations/operation-runner.ts";
import {
  clear,
  plant,
  reasonOf,
  squares,
  type TestService,
  testService,
  until,
  whileHeld,
} from "../testing/service.ts";

const MANAGER = 90;
const WIDTH = 8;
const TASKS = squares(WIDTH * 4, WIDTH);

let service: TestService;
let runner: Runner;

beforeAll(async () => {
  service = await testService();
  service.allow(MANAGER, { role: ProjectRole.MANAGER });
  runner = service.run();
});

afterAll(async () => {
  await runner.stop();
  await service.end();
});

beforeEach(async () => {
  await clear(service.sql);
  await plant(service.sql, TASKS);
  delete service.area.urgent;
});

const manager = () => service.as(MANAGER);
const areaOf = (taskId: number) => TASKS[taskId - 1]?.area as MultiPolygon;

/** An area of the polygons of others, in their order. */
function together(...areas: MultiPolygon[]): MultiPolygon {
  return create(MultiPolygonSchema, {
    coordinates: areas.flatMap((it) => it.coordinates),
    ringLengths: areas.flatMap((it) => it.ringLengths),
    polygonLengths: areas.flatMap((it) => it.polygonLengths),
  });
}

/** The western half of a task. */
function halfOf(taskId: number): MultiPolygon {
  const { west, south, east, north } = boundingBoxOf(areaOf(taskId));
  return squareArea(west, south, (west + east) / 2, north);
}

async function finished(operationId: number) {
  const read = async () => (await manager().getOperation({ operationId })).operation;
  await until(async () => (await read())?.done === true);
  return read();
}

async function changeTo(urgent: MultiPolygon | undefined) {
  if (urgent) service.area.urgent = urgent;
  else delete service.area.urgent;
  service.area.revision += 1n;
  const { acknowledgement } = await manager().reconcileTasks({});
  return finished(Number(acknowledgement?.name.split("/").at(-1)));
}

async function split(taskId: number) {
  const { token } = await manager().lockTask({ taskId, purpose: LockPurpose.MAPPING });
  return manager().splitTask({ taskId, lockToken: token });
}

/** The numbers of the tasks in priority areas, and of which. */
async function placed() {
  const { tasks } = await manager().listTasks({ filter: { inPriorityArea: true }, pageSize: 1_000 });
  return Object.fromEntries(tasks.map(({ taskId, priorityArea }) => [taskId, priorityArea]));
}

test("tasks follow the priority areas: each has the first that it shares ground with", async () => {
  expect(await changeTo(together(areaOf(10), halfOf(11), areaOf(10)))).toMatchObject({
    state: OperationState.SUCCEEDED,
    doneCount: TASKS.length,
  });
  expect(await placed()).toEqual({ 10: 1, 11: 2 });
  const events = await service.sql`select task_id, kind from task_events where task_id > 0 order by task_id`;
  expect(events).toEqual([10, 11].map((id) => ({ task_id: id, kind: TaskEventKind.PRIORITY_AREA_CHANGED })));
  expect((await manager().getTask({ taskId: 11 })).task?.priorityArea).toBe(2);

  await changeTo(together(areaOf(12), areaOf(11)));
  expect(await placed()).toEqual({ 11: 2, 12: 1 });
  await changeTo(undefined);
  expect(await placed()).toEqual({});
  const { tasks } = await manager().listTasks({ filter: { inPriorityArea: false }, pageSize: 1_000 });
  expect(tasks).toHaveLength(TASKS.length);
  const { sql } = service;
  expect(await sql`select from operations where priority_areas is not null`).toHaveLength(0);
});

test("a list and a tile that were kept show a change of the priority areas", async () => {
  await until(async () => (await service.sql`select from task_events where position is null`).length === 0);
  const before = await manager().listTasks({ pageSize: 1_000 });
  await changeTo(areaOf(3));
  await until(async () => (await service.sql`select from task_events where position is null`).length === 0);
  const after = await manager().listTasks({ pageSize: 1_000 });
  const [was, is] = [before, after].map(({ tasks }) => tasks.find(({ taskId }) => taskId === 3));
  expect([was?.priorityArea, is?.priorityArea]).toEqual([0, 1]);
  expect(is?.revision).toBe((was?.revision ?? 0n) + 1n);
});

test("tasks that are cut from the start have their priority areas", async () => {
  await clear(service.sql);
  service.area.urgent = areaOf(5);
  const areas = [areaOf(4), areaOf(5), areaOf(6)];
  const { acknowledgement } = await manager().createTasks({ areas });
  expect(await finished(Number(acknowledgement?.name.split("/").at(-1)))).toMatchObject({
    state: OperationState.SUCCEEDED,
  });
  expect(await placed()).toEqual({ 2: 1 });
});

test("each part of a task that is split has what its own ground says", async () => {
  await changeTo(halfOf(7));
  const { taskIds } = await split(7);
  const found = await placed();
  expect(taskIds).toHaveLength(4);
  const inside = taskIds.filter((taskId) => found[taskId] === 1);
  expect(inside).toHaveLength(2);
  for (const taskId of inside) {
    const { task } = await manager().getTask({ taskId });
    const [part, whole] = [task?.area, areaOf(7)].map((area) => boundingBoxOf(area as MultiPolygon));
    expect(part?.west).toBe(whole?.west);
  }
});

test("a split whose parts are not placed in time is refused as overload, and changes nothing", async () => {
  await changeTo(halfOf(7));
  vi.spyOn(service.store, "splitTask").mockRejectedValueOnce(new GeometryTimeout(1));
  expect(await reasonOf(split(7))).toBe("OVERLOADED");
  expect((await split(7)).taskIds).toHaveLength(4);
});

test("a split that waits while the priority areas change has the new ones", async () => {
  await changeTo(halfOf(7));
  const { taskIds } = await whileHeld(
    service.sql,
    {
      hold: (tx) => tx`select from task_sets where project_id = 1 for update`,
      change: (tx) => tx`update task_sets set priority_areas = null where project_id = 1`,
    },
    () => split(7),
  );
  expect(taskIds).toHaveLength(4);
  expect(await placed()).toEqual({});
});

test("while somebody holds a task, it follows the priority areas, and the lock is the same", async () => {
  const { token } = await service.as(1).lockTask({ taskId: 9, purpose: LockPurpose.MAPPING });
  await changeTo(areaOf(9));
  const { task } = await manager().getTask({ taskId: 9 });
  expect(task).toMatchObject({ priorityArea: 1, lock: { token } });
  await service.as(1).submitTask({ taskId: 9, lockToken: token, result: 1 });
});
