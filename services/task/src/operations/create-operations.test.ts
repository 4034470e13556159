import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { OperationState } from "@tessera/contracts/tessera/rpc/v1/operation_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { TaskAction } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { GeometryTimeout } from "@tessera/geometry/work/geometry-timeout.ts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { clear, plant, reasonOf, squares, type TestService, testService, until } from "../testing/service.ts";
import type { Runner } from "./operation-runner.ts";

const MANAGER = 90;
const TASKS = 250;
const AREAS = squares(30).map(({ area }) => area);

let service: TestService;
let runner: Runner | undefined;

beforeAll(async () => {
  service = await testService();
  service.allow(MANAGER, { role: ProjectRole.MANAGER });
});

afterAll(() => service.end());

beforeEach(async () => {
  await runner?.stop();
  await clear(service.sql);
});

const manager = () => service.as(MANAGER);

async function done(operationId = 1) {
  const read = async () => (await manager().getOperation({ operationId })).operation;
  await until(async () => (await read())?.done === true);
  return read();
}

async function splitByHand(who: number, taskId: number): Promise<number[]> {
  const { token: lockToken } = await service.as(who).lockTask({ taskId, purpose: LockPurpose.MAPPING });
  return (await service.as(who).splitTask({ taskId, lockToken })).taskIds;
}

const numbers = async () =>
  (await service.sql<{ task_id: number }[]>`select task_id from tasks order by task_id`).map(
    (it) => it.task_id,
  );
const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

test("a split of many and splits by hand at the same time number their parts without a gap or a clash", async () => {
  await plant(service.sql, squares(TASKS));
  const hands = upTo(8).map((who) => ({ who, taskId: 30 * who }));
  await manager().batchUpdateTasks({ action: TaskAction.SPLIT });
  runner = service.run();
  // Some are quicker than the operation, and some are not.
  const split = await Promise.all(hands.map(({ who, taskId }) => reasonOf(splitByHand(who, taskId))));
  expect(["acknowledged", "TASK_STATE_NOT_LOCKABLE", "LOCK_NOT_HELD"]).toEqual(expect.arrayContaining(split));
  const operation = await done();
  expect(operation?.state).toBe(OperationState.SUCCEEDED);
  expect(operation?.skippedCounts).not.toHaveProperty("TASK_NOT_DIVISIBLE");
  const parents = await service.sql<
    { task_id: number }[]
  >`select task_id from tasks where state = ${TaskState.SPLIT}`;
  expect(await numbers()).toEqual(upTo(TASKS + 4 * parents.length));
  const parts = await service.sql<{ parent_id: number; parts: bigint }[]>`
    select parent_id, count(*) as parts from tasks where parent_id > 0 group by parent_id`;
  expect(parts.map((it) => it.parts)).toEqual(parents.map(() => 4n));
  expect(await service.sql`select last_task_id from task_sets`).toMatchObject([
    { last_task_id: TASKS + 4 * parents.length },
  ]);
});

test("between two parts of a split of many, a split by hand gets the numbers between", async () => {
  await plant(service.sql, squares(150));
  let byHand: number[] = [];
  await manager().batchUpdateTasks({ action: TaskAction.SPLIT });
  runner = service.run(({ changeBatch }) => ({
    changeBatch: async (batch) => {
      const after = await changeBatch(batch);
      if (after.operation.cursor_task_id === 100) byHand = await splitByHand(1, 150);
      return after;
    },
  }));
  expect(await done()).toMatchObject({ doneCount: 149 });
  expect(byHand).toEqual([551, 552, 553, 554]);
  expect(await numbers()).toEqual(upTo(150 + 600));
});

test("tasks that leave a selection or come into it while they are cut are not taken for indivisible", async () => {
  await plant(service.sql, squares(150));
  await service.sql`update tasks set state = 2 where task_id = 40`;
  await manager().batchUpdateTasks({ action: TaskAction.SPLIT, filter: { states: [TaskState.READY] } });
  let cuts = 0;
  runner = service.run(({ nextAreas }) => ({
    nextAreas: async (next) => {
      const areas = await nextAreas(next);
      cuts += 1;
      // One is mapped meanwhile, and one is reset.
      if (cuts === 1) await service.sql`update tasks set state = 3 - state where task_id in (40, 50)`;
      return areas;
    },
  }));
  const operation = await done();
  expect(operation).toMatchObject({ state: OperationState.SUCCEEDED });
  expect(operation?.skippedCounts).toEqual({});
  const left =
    await service.sql`select task_id, state from tasks where parent_id = 0 and state <> 6 order by task_id`;
  expect(left).toMatchObject([
    { task_id: 40, state: 1 },
    { task_id: 50, state: 2 },
  ]);
});

test("a creation that is cancelled before it began is done, and another can begin", async () => {
  await manager().createTasks({ areas: AREAS });
  await manager().cancelOperation({ operationId: 1 });
  expect(await done()).toMatchObject({ state: OperationState.CANCELLED });
  await manager().createTasks({ areas: AREAS });
  runner = service.run();
  expect(await done(2)).toMatchObject({ state: OperationState.SUCCEEDED, doneCount: AREAS.length });
  expect(await numbers()).toEqual(upTo(AREAS.length));
});

test("a creation that is cancelled while it cuts writes no task, and another can begin", async () => {
  await manager().createTasks({ areas: AREAS });
  runner = service.run(({ createTasks }) => ({
    createTasks: async (operation, ...rest) => {
      if (operation.operation_id === 1) await manager().cancelOperation({ operationId: 1 });
      return createTasks(operation, ...rest);
    },
  }));
  expect(await done()).toMatchObject({ state: OperationState.CANCELLED, doneCount: 0 });
  expect(await numbers()).toEqual([]);
  await manager().createTasks({ areas: AREAS });
  expect(await done(2)).toMatchObject({ state: OperationState.SUCCEEDED });
});

test("a creation whose process stops before it writes, or dies, is done by another, once", async () => {
  await manager().createTasks({ areas: AREAS });
  const stopped = Promise.withResolvers<void>();
  const first = service.run(({ advance }) => ({
    advance: async (operation, lease, to) => {
      await advance(operation, lease, to);
      if (to.stage === "writing") first.stop().then(stopped.resolve, stopped.reject);
    },
  }));
  await stopped.promise;
  expect(await numbers()).toEqual([]);
  const dead = "2c5ea4c0-4067-11e9-8bad-9b1deb4d3b7d";
  const taken = await service.store.takeOperation(dead);
  await service.sql`update operations set lease_until = statement_timestamp() - interval '1 second'`;
  runner = service.run();
  expect(await done()).toMatchObject({ state: OperationState.SUCCEEDED, doneCount: AREAS.length });
  const late = service.store.createTasks(taken as NonNullable<typeof taken>, dead, {
    tasks: squares(5),
    priorityAreas: [0, 0, 0, 0, 0],
  });
  await expect(late).rejects.toThrow();
  expect(await numbers()).toEqual(upTo(AREAS.length));
  expect(await service.sql`select from task_events where task_id = 0`).toHaveLength(1);
});

test("of two creations that write at the same moment one succeeds, and the other says that there are tasks", async () => {
  await manager().createTasks({ areas: AREAS });
  await service.as(MANAGER).createTasks({ areas: AREAS.slice(1) });
  let ready = 0;
  runner = service.run(({ createTasks }) => ({
    createTasks: async (...args) => {
      ready += 1;
      await until(() => ready === 2);
      return createTasks(...args);
    },
  }));
  const [one, two] = [await done(1), await done(2)].sort((a, b) => (a?.state ?? 0) - (b?.state ?? 0));
  expect(one).toMatchObject({ state: OperationState.SUCCEEDED });
  expect(two).toMatchObject({ state: OperationState.FAILED, error: { reason: "TASKS_EXIST" }, doneCount: 0 });
  expect(await numbers()).toEqual(upTo(one?.doneCount ?? 0));
  expect(await reasonOf(manager().createTasks({ areas: AREAS }))).toBe("TASKS_EXIST");
});

test("a cut that waited for a thread in vain was interrupted; one that took too long failed", async () => {
  const started = (reject: GeometryTimeout) =>
    service.run(() => ({ createTasks: () => Promise.reject(reject) }));
  const setbacks = async () => {
    const [row] = await service.sql`select failures, interruptions from operations where lease is null`;
    return row;
  };
  await manager().createTasks({ zoom: 4 });
  runner = started(new GeometryTimeout(1, false));
  await until(async () => (await setbacks())?.interruptions === 1);
  await runner.stop();
  await service.sql`update operations set lease_until = statement_timestamp()`;
  runner = started(new GeometryTimeout(1));
  await until(async () => (await setbacks())?.failures === 1);
  expect(await setbacks()).toMatchObject({ failures: 1, interruptions: 1 });
});
