import { randomUUID } from "node:crypto";
import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { OperationState } from "@tessera/contracts/tessera/rpc/v1/operation_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { SubmissionResult } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { endBlocked } from "@tessera/testing/ground/blocked.ts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Runner } from "../operations/operation-runner.ts";
import { LeaseLost } from "../operations/store.ts";
import { COLUMNS, firstColumns, idAt, isOutside, ROWS } from "../testing/reconcile.ts";
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
import type { ReconcileBatch } from "./batch-store.ts";

const MANAGER = 90;
const TASKS = ROWS * COLUMNS;
const BATCH = 500;
const { MAPPING } = LockPurpose;
const { READY } = TaskState;

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
  change(firstColumns(20.5));
});

/** The area becomes another. */
function change(of: ReturnType<typeof firstColumns>): void {
  service.area.of = of;
  service.area.revision += 1n;
}

const manager = () => service.as(MANAGER);
const reconcile = () => manager().reconcileTasks({});

async function done(operationId = 1) {
  const read = async () => (await manager().getOperation({ operationId })).operation;
  await until(async () => (await read())?.done === true);
  return read();
}

/** How often each task was withdrawn, as the history says. */
async function withdrawals() {
  const rows = await service.sql<{ times: bigint }[]>`
    select count(*) as times from task_events where kind = ${TaskEventKind.WITHDRAWN} group by task_id`;
  return { tasks: rows.length, most: Math.max(0, ...rows.map(({ times }) => Number(times))) };
}

/** Takes the operation as a process of its own would, and returns its next part. */
async function taken(outside: (taskId: number) => boolean, first = 1): Promise<ReconcileBatch> {
  const lease = randomUUID();
  const operation = await service.store.takeOperation(lease);
  if (operation === undefined) throw new Error("there was nothing to take");
  const size = { last_task_id: TASKS, unit_count: TASKS };
  await service.store.advance(operation, lease, size);
  const taskIds = Array.from({ length: BATCH }, (_, index) => first + index);
  return {
    operation: { ...operation, ...size },
    lease,
    selection: { projectId: 1, filter: undefined },
    taskIds,
    outside: new Set(taskIds.filter(outside)),
    priorityAreas: new Map(),
  };
}

const lapseLease = () =>
  service.sql`update operations set lease_until = statement_timestamp() - interval '1 second'`;

const progress = async () => (await manager().getProgress({})).progress;
const stateOf = async (taskId: number) => (await manager().getTask({ taskId })).task?.state;

test("what one process began and died over is finished by another, and each task is withdrawn once", async () => {
  await reconcile();
  const dead = await taken((taskId) => isOutside(20.5, taskId));
  await service.store.reconcileBatch(dead);
  const first = dead.outside.size;
  expect(await withdrawals()).toEqual({ tasks: first, most: 1 });
  runner = service.run();
  await lapseLease();
  expect(await done()).toMatchObject({
    state: OperationState.SUCCEEDED,
    unitCount: TASKS,
    doneCount: TASKS,
    resultCounts: { WITHDRAWN: 19 * ROWS },
  });
  expect(await withdrawals()).toEqual({ tasks: 19 * ROWS, most: 1 });
  expect(await service.sql`select attempts from operations`).toMatchObject([{ attempts: 2 }]);
});

test("a part that is killed before its commit leaves nothing, and who lost the lease writes nothing", async () => {
  await reconcile();
  const zombie = await taken((taskId) => isOutside(20.5, taskId));
  const killed = whileHeld(
    service.sql,
    {
      hold: (tx) => tx`select from tasks where project_id = 1 and task_id = 300 for update`,
      change: () => endBlocked(service.sql),
    },
    () => service.store.reconcileBatch(zombie),
  );
  await expect(killed).rejects.toThrow();
  expect(await withdrawals()).toEqual({ tasks: 0, most: 0 });
  await lapseLease();
  runner = service.run();
  expect(await done()).toMatchObject({ doneCount: TASKS, resultCounts: { WITHDRAWN: 19 * ROWS } });
  await expect(service.store.reconcileBatch(zombie)).rejects.toThrow(LeaseLost);
  expect(await withdrawals()).toEqual({ tasks: 19 * ROWS, most: 1 });
});

test("a reconciliation that is cancelled after its first part leaves what that part did, and does no more", async () => {
  await reconcile();
  runner = service.run(({ reconcileBatch }) => ({
    reconcileBatch: async (batch) => {
      const after = await reconcileBatch(batch);
      if (after.cursor_task_id === BATCH) await manager().cancelOperation({ operationId: 1 });
      return after;
    },
  }));
  expect(await done()).toMatchObject({ state: OperationState.CANCELLED, doneCount: BATCH });
  const inFirst = Array.from({ length: BATCH }, (_, index) => index + 1).filter((id) => isOutside(20.5, id));
  expect(await withdrawals()).toEqual({ tasks: inFirst.length, most: 1 });
});

test("a lock that is taken after the reconciliation looked, and before it writes, keeps its task and stays", async () => {
  const taskId = idAt(30, 1);
  await reconcile();
  let token = 0n;
  runner = service.run(({ nextAreas }) => ({
    nextAreas: async (next) => {
      const found = await nextAreas(next);
      if (token === 0n) ({ token } = await service.as(5).lockTask({ taskId, purpose: MAPPING }));
      return found;
    },
  }));
  expect(await done()).toMatchObject({
    skippedCount: 1,
    skippedCounts: { TASK_LOCKED: 1 },
    resultCounts: { WITHDRAWN: 19 * ROWS - 1 },
  });
  const { task } = await manager().getTask({ taskId });
  expect(task).toMatchObject({ state: READY, outsideArea: true, lock: { holderUserId: 5n, token } });
  await service.as(5).submitTask({ taskId, lockToken: token, result: SubmissionResult.MAPPED });
  expect(await stateOf(taskId)).toBe(TaskState.MAPPED);
});

test("a lock whose commit the reconciliation has to wait for is seen", async () => {
  const taskId = idAt(30, 1);
  await reconcile();
  const part = await taken((id) => isOutside(20.5, id));
  const after = await whileHeld(
    service.sql,
    {
      hold: (tx) => tx`update tasks set lock_holder = 5, lock_purpose = 1, lock_token = 2, revision = 2,
        lock_time = now(), lock_expire_time = now() + interval '1 hour' where task_id = ${taskId}`,
    },
    () => service.store.reconcileBatch(part),
  );
  expect(after).toMatchObject({ skipped_counts: { TASK_LOCKED: 1 }, skipped_count: 1 });
  expect(await stateOf(taskId)).toBe(READY);
});

test("a lock that was decided before its task was withdrawn is decided again, and refused", async () => {
  await reconcile();
  const meanwhile = async () => {
    runner = service.run();
    await done();
  };
  const late = service.as(5, meanwhile).lockTask({ taskId: idAt(30, 1), purpose: MAPPING });
  expect(await reasonOf(late)).toBe("TASK_STATE_NOT_LOCKABLE");
  expect(await service.sql`select from lock_slots`).toHaveLength(0);
});

test("of two reconciliations the one with the later area stands, in whichever order they run", async () => {
  await reconcile();
  const early = await taken((taskId) => isOutside(20.5, taskId));
  const operation = await service.store.reconcileBatch(early);
  change(firstColumns(30));
  await reconcile();
  runner = service.run();
  expect(await done(2)).toMatchObject({
    state: OperationState.SUCCEEDED,
    // Twelve rows are in the first part.
    resultCounts: { WITHDRAWN: 10 * (ROWS - 12), RESTORED: 9 * 12 },
  });
  const next = { ...early, operation, taskIds: [BATCH + 1], outside: new Set([BATCH + 1]) };
  await expect(service.store.reconcileBatch(next)).rejects.toThrow();
  await lapseLease();
  expect(await done(1)).toMatchObject({
    state: OperationState.FAILED,
    error: { reason: "RECONCILIATION_SUPERSEDED", metadata: { project_id: "1" } },
  });
  expect(await progress()).toMatchObject({ taskCount: 30 * ROWS, withdrawnCount: 10 * ROWS });
});

test("the same request starts one reconciliation, and a second reconciliation finds nothing left to do", async () => {
  runner = service.run();
  const requestId = randomUUID();
  const [one, again] = [
    await manager().reconcileTasks({ requestId }),
    await manager().reconcileTasks({ requestId }),
  ];
  expect(one.acknowledgement).toMatchObject({ name: "projects/1/operations/1", replayed: false });
  expect(again.acknowledgement).toMatchObject({ name: "projects/1/operations/1", replayed: true });
  await done();
  await reconcile();
  expect(await done(2)).toMatchObject({ doneCount: TASKS, skippedCount: 0, resultCounts: {} });
  expect(await withdrawals()).toEqual({ tasks: 19 * ROWS, most: 1 });
});

test("more tasks than are looked at in one go are all reconciled; a project without tasks has nothing to reconcile", async () => {
  const MANY = 5_700;
  await clear(service.sql);
  await plant(service.sql, squares(MANY));
  await manager().reconcileTasks({ projectId: 2 });
  await reconcile();
  runner = service.run();
  expect(await done()).toMatchObject({
    unitCount: MANY,
    doneCount: MANY,
    resultCounts: { WITHDRAWN: 19 * Math.floor(MANY / COLUMNS) },
  });
  await until(
    async () => (await manager().getOperation({ projectId: 2, operationId: 1 })).operation?.done === true,
  );
  expect((await manager().getOperation({ projectId: 2, operationId: 1 })).operation).toMatchObject({
    state: OperationState.SUCCEEDED,
    unitCount: 0,
    resultCounts: {},
  });
});
