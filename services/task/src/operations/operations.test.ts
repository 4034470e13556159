import { randomUUID } from "node:crypto";
import { fromBinary } from "@bufbuild/protobuf";
import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { OperationState } from "@tessera/contracts/tessera/rpc/v1/operation_pb.ts";
import { TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import {
  BatchUpdateTasksRequestSchema,
  TaskAction,
} from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { holdAll } from "../testing/hold-all.ts";
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
import type { Batch } from "./batch-store.ts";
import type { Runner } from "./operation-runner.ts";
import { LeaseLost } from "./store.ts";

const MANAGER = 90;
const TASKS = 1_200;
const BATCH = 500;
const MAPPED_ALREADY = 200;
const HELD = [700, 701, 702, 1_199];

const ALL_MAPPED = {
  state: OperationState.SUCCEEDED,
  doneCount: TASKS - MAPPED_ALREADY,
  skippedCount: MAPPED_ALREADY,
};

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
  await plant(service.sql, squares(TASKS));
  await service.sql`update tasks set state = ${TaskState.MAPPED}, mapped_by = 1 where task_id <= ${MAPPED_ALREADY}`;
});

const manager = () => service.as(MANAGER);
const change = (action: TaskAction, more: object = {}) => manager().batchUpdateTasks({ action, ...more });

async function done(operationId = 1) {
  const read = async () => (await manager().getOperation({ operationId })).operation;
  await until(async () => (await read())?.done === true);
  return read();
}

/** How often each task was changed by an operation, as the history says. */
async function changes(operationId = 1) {
  const rows = await service.sql<{ task_id: number; times: bigint }[]>`
    select task_id, count(*) as times from task_events
    where kind = ${TaskEventKind.STATE_CHANGED} and operation_id = ${operationId} group by task_id`;
  return { tasks: rows.length, most: Math.max(0, ...rows.map(({ times }) => Number(times))) };
}

/** The lease of a dead process expires. */
const lapseLease = () =>
  service.sql`update operations set lease_until = statement_timestamp() - interval '1 second'`;

/** Takes the operation as a process of its own would, and returns what it needs for the next batch. */
async function taken(): Promise<Batch> {
  const lease = randomUUID();
  const operation = await service.store.takeOperation(lease);
  if (operation === undefined) throw new Error("there was nothing to take");
  const request = fromBinary(BatchUpdateTasksRequestSchema, operation.request);
  const selection = { projectId: 1, filter: request.filter };
  const size = { last_task_id: TASKS, unit_count: TASKS };
  await service.store.advance(operation, lease, size);
  return {
    operation: { ...operation, ...size },
    lease,
    selection,
    bulk: { ...request, priority: 0, userId: BigInt(MANAGER) },
    limit: BATCH,
    parts: new Map(),
    tasksMax: TASKS,
  };
}

test("a change of 1,200 tasks changes each once, and counts by reason what it left alone", async () => {
  await holdAll(service.sql, 5, HELD);
  await change(TaskAction.MAP);
  runner = service.run();
  expect(await done()).toMatchObject({
    state: OperationState.SUCCEEDED,
    unitCount: TASKS,
    doneCount: TASKS - MAPPED_ALREADY - HELD.length,
    skippedCount: MAPPED_ALREADY + HELD.length,
    skippedCounts: { TASK_LOCKED: HELD.length, TASK_STATE_NOT_CHANGEABLE: MAPPED_ALREADY },
    resultName: "projects/1/tasks",
  });
  expect(await changes()).toEqual({ tasks: TASKS - MAPPED_ALREADY - HELD.length, most: 1 });
  expect(await service.sql`select from tasks where mapped_by = ${MANAGER}`).toHaveLength(
    TASKS - MAPPED_ALREADY - HELD.length,
  );
});

test("a change that includes held tasks ends their locks by force, and frees their holder", async () => {
  await holdAll(service.sql, 5, HELD);
  await change(TaskAction.MAP, { includeLocked: true, filter: { taskIds: HELD } });
  runner = service.run();
  expect(await done()).toMatchObject({ doneCount: HELD.length, skippedCount: 0 });
  const { events } = await service.as(1).listTaskEvents({ taskId: HELD[0] as number });
  expect(events.slice(-2)).toMatchObject([
    { kind: TaskEventKind.LOCK_FORCED, operationId: 1, lock: { holderUserId: 5n } },
    { kind: TaskEventKind.STATE_CHANGED, operationId: 1, toState: TaskState.MAPPED },
  ]);
  expect(await service.sql`select from lock_slots`).toHaveLength(0);
  expect((await service.as(5).listHeldLocks({})).locks).toEqual([]);
});

test("an operation that is cancelled after its first part leaves what that part did, and does no more", async () => {
  await change(TaskAction.RESET_BAD_IMAGERY);
  await service.sql`update tasks set state = ${TaskState.BAD_IMAGERY}`;
  runner = service.run(({ changeBatch }) => ({
    changeBatch: async (batch) => {
      const after = await changeBatch(batch);
      if (after.operation.cursor_task_id === BATCH) await manager().cancelOperation({ operationId: 1 });
      return after;
    },
  }));
  const cancelled = await done();
  expect(cancelled).toMatchObject({ state: OperationState.CANCELLED, doneCount: BATCH });
  expect(cancelled?.resultName).toBeUndefined();
  expect(await changes()).toEqual({ tasks: BATCH, most: 1 });
  expect(await reasonOf(manager().cancelOperation({ operationId: 1 }))).toBe("OPERATION_DONE");
});

test("an operation that the database interrupts is begun again, and in the end given up", async () => {
  await change(TaskAction.MAP);
  const { sql } = service;
  const interrupted = Object.assign(new Error("canceling statement"), { code: "57014" });
  runner = service.run(() => ({ changeBatch: () => Promise.reject(interrupted) }));
  await until(
    async () => (await sql`select from operations where attempts = 1 and lease is null`).length === 1,
  );
  expect((await manager().getOperation({ operationId: 1 })).operation?.done).toBe(false);
  await sql`update operations set interruptions = 99, lease_until = statement_timestamp()`;
  const failed = await done();
  expect(failed?.error?.reason).toBeUndefined();
  expect(failed).toMatchObject({
    state: OperationState.FAILED,
    error: { message: "internal error" },
  });
});

test("pauses and lost processes do not count as failures: it takes five of these to give an operation up", async () => {
  await change(TaskAction.MAP);
  const { sql, store } = service;
  for (let pauses = 0; pauses < 5; pauses++) {
    const lease = randomUUID();
    const operation = await store.takeOperation(lease);
    await store.leaveOperation(operation as NonNullable<typeof operation>, lease, 0);
  }
  runner = service.run(() => ({ changeBatch: () => Promise.reject(new Error("no time left")) }));
  for (let failures = 1; failures < 5; failures++) {
    await until(
      async () =>
        (await sql`select from operations where failures = ${failures} and lease is null`).length === 1,
    );
    expect((await manager().getOperation({ operationId: 1 })).operation?.done).toBe(false);
    await sql`update operations set lease_until = statement_timestamp()`;
  }
  expect(await done()).toMatchObject({ state: OperationState.FAILED });
});

test("an operation that ends its process each time is given up before it is begun again", async () => {
  await change(TaskAction.MAP);
  await service.sql`update operations set interruptions = 99`;
  await taken();
  await lapseLease();
  runner = service.run(() => ({ changeBatch: () => Promise.reject(new Error("it was begun")) }));
  expect(await done()).toMatchObject({ state: OperationState.FAILED });
  expect(await service.sql`select failures, interruptions from operations`).toMatchObject([
    { failures: 0, interruptions: 100 },
  ]);
});

test("what a process began and died over is finished by another, and each task is changed once", async () => {
  await change(TaskAction.MAP);
  const dead = await taken();
  await service.store.changeBatch(dead);
  runner = service.run();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await changes()).toEqual({ tasks: BATCH - MAPPED_ALREADY, most: 1 });
  await lapseLease();
  expect(await done()).toMatchObject(ALL_MAPPED);
  expect(await changes()).toEqual({ tasks: TASKS - MAPPED_ALREADY, most: 1 });
  expect(await service.sql`select attempts from operations`).toMatchObject([{ attempts: 2 }]);
});

test("a runner that stops between two parts leaves the rest to another, at once", async () => {
  await change(TaskAction.MAP);
  const stopped = Promise.withResolvers<void>();
  const first = service.run(({ changeBatch }) => ({
    changeBatch: async (batch) => {
      const after = await changeBatch(batch);
      first.stop().then(stopped.resolve, stopped.reject);
      return after;
    },
  }));
  await stopped.promise;
  expect(await changes()).toEqual({ tasks: BATCH - MAPPED_ALREADY, most: 1 });
  runner = service.run();
  expect(await done()).toMatchObject(ALL_MAPPED);
  expect(await changes()).toEqual({ tasks: TASKS - MAPPED_ALREADY, most: 1 });
});

test("a runner that lost the lease writes nothing: neither a part, nor progress, nor the end", async () => {
  await change(TaskAction.MAP);
  const zombie = await taken();
  await lapseLease();
  const heir = await taken();
  const { store } = service;
  await expect(store.changeBatch(zombie)).rejects.toThrow(LeaseLost);
  await expect(store.advance(zombie.operation, zombie.lease, { done_count: 7 })).rejects.toThrow(LeaseLost);
  const succeeded = { state: OperationState.SUCCEEDED };
  await expect(store.advance(zombie.operation, zombie.lease, succeeded)).rejects.toThrow(LeaseLost);
  await store.leaveOperation(zombie.operation, zombie.lease, 0);
  await store.holdOperation(zombie.operation, zombie.lease);
  expect(await changes()).toEqual({ tasks: 0, most: 0 });
  await store.changeBatch(heir);
  expect(await changes()).toEqual({ tasks: BATCH - MAPPED_ALREADY, most: 1 });
});

test("a runner that loses the lease in the middle of a part rolls that part back", async () => {
  await change(TaskAction.MAP);
  const zombie = await taken();
  const late = whileHeld(
    service.sql,
    {
      hold: (tx) => tx`select from tasks where project_id = 1 and task_id = 300 for update`,
      change: (tx) => tx`update operations set lease = ${randomUUID()}`,
    },
    () => service.store.changeBatch(zombie),
  );
  await expect(late).rejects.toThrow(LeaseLost);
  expect(await changes()).toEqual({ tasks: 0, most: 0 });
  expect(await service.sql`select done_count, cursor_task_id from operations`).toMatchObject([
    { done_count: 0, cursor_task_id: 0 },
  ]);
});

test("consecutive changes of a task by one person are undone at once, to the state that another person set", async () => {
  const OTHER_MANAGER = 91;
  service.allow(OTHER_MANAGER, { role: ProjectRole.MANAGER });
  runner = service.run();
  const taskIds = [1, 2, 300];
  const filter = { taskIds };
  // Task 300 was mapped by person 1 through the service, 1 and 2 are as they were planted.
  const { token: lockToken } = await service.as(1).lockTask({ taskId: 300, purpose: 1 });
  await service.as(1).submitTask({ taskId: 300, lockToken, result: 1 });
  await service.sql`update tasks set state = 1, mapped_by = 0 where task_id in (1, 2)`;
  const { MAP, VALIDATE, INVALIDATE } = TaskAction;
  for (const [index, action] of [MAP, VALIDATE, INVALIDATE, MAP, VALIDATE].entries()) {
    await change(action, { filter });
    await done(index + 1);
  }
  await service.as(OTHER_MANAGER).batchUpdateTasks({
    action: TaskAction.REVERT_USER,
    revertedUserId: BigInt(MANAGER),
    filter,
  });
  expect(await done(6)).toMatchObject({ doneCount: 3, skippedCount: 0 });
  const after = await manager().listTasks({ filter });
  const { tasks } = after;
  expect(
    tasks.map(({ taskId, state, mappedByUserId, validatedByUserId, stateUserId }) => ({
      ...{ taskId, state, mappedByUserId, validatedByUserId, stateUserId },
    })),
  ).toEqual([
    { taskId: 1, state: TaskState.READY },
    { taskId: 2, state: TaskState.READY },
    { taskId: 300, state: TaskState.MAPPED, mappedByUserId: 1n, stateUserId: 1n },
  ]);
  await service.as(1).undoTask({ taskId: 300, expectedRevision: after.tasks[2]?.revision as bigint });
  expect((await manager().getTask({ taskId: 300 })).task).toMatchObject({ state: TaskState.READY });
});
