import { durationOf } from "@tessera/contracts/duration.ts";
import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { OperationState } from "@tessera/contracts/tessera/rpc/v1/operation_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { ClaimOrder } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import { SubmissionResult } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { TaskAction } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { boundingBoxOf } from "@tessera/geometry/areas/measure.ts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Runner } from "../operations/operation-runner.ts";
import { isPublished } from "../testing/published.ts";
import { COLUMNS, firstColumns, idAt, ROWS } from "../testing/reconcile.ts";
import {
  clear,
  lapse,
  plant,
  reasonOf,
  squares,
  type TestService,
  testService,
  until,
} from "../testing/service.ts";
import { nameOf } from "../testing/tasks.ts";

const MANAGER = 90;
const TASKS = ROWS * COLUMNS;
/** The tasks outside of the first ten columns. */
const BEYOND = 30 * ROWS;
const { MAPPING } = LockPurpose;
const { READY, MAPPED, VALIDATED, BAD_IMAGERY, INVALIDATED, WITHDRAWN } = TaskState;

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
  await plant(service.sql, squares(TASKS));
});

const manager = () => service.as(MANAGER);
const progress = async () => (await manager().getProgress({})).progress;
const taskOf = async (taskId: number) => (await manager().getTask({ taskId })).task;

/** Changes the area to the first `columns` columns, and reconciles the tasks with it. */
async function reconcileTo(columns: number) {
  service.area.of = firstColumns(columns);
  service.area.revision += 1n;
  const { acknowledgement } = await manager().reconcileTasks({});
  const operationId = Number(acknowledgement?.name.split("/").at(-1));
  const read = async () => (await manager().getOperation({ operationId })).operation;
  await until(async () => (await read())?.done === true);
  return read();
}

async function listed(request: object): Promise<number[]> {
  const found: number[] = [];
  for (let pageToken = "", more = true; more; more = pageToken !== "") {
    const page = await manager().listTasks({ pageSize: 1_000, pageToken, ...request });
    found.push(...page.tasks.map(({ taskId }) => taskId));
    pageToken = page.nextPageToken;
  }
  return found;
}

/** Every event has its position in the feed. */
const allStamped = () => until(() => isPublished(service.sql));

/** Somebody maps a task, and nobody validates it. */
async function map(taskId: number, user: number, result: SubmissionResult = SubmissionResult.MAPPED) {
  const { token } = await service.as(user).lockTask({ taskId, purpose: MAPPING });
  await service.as(user).submitTask({ taskId, lockToken: token, result });
}

test("untouched tasks outside are withdrawn; those that somebody touched are kept, and listed", async () => {
  const [mapped, bad, reset, held, expired, reserved, free] = [20, 21, 22, 23, 24, 25, 26].map((column) =>
    idAt(column, 3),
  ) as [number, number, number, number, number, number, number];
  await map(idAt(2, 2), 5);
  await map(mapped, 5);
  await map(bad, 5, SubmissionResult.BAD_IMAGERY);
  await map(reset, 5);
  const revision = (await taskOf(reset))?.revision as bigint;
  await service.as(5).undoTask({ taskId: reset, expectedRevision: revision });
  await service.as(5).lockTask({ taskId: held, purpose: MAPPING });
  await service.as(6).lockTask({ taskId: expired, purpose: MAPPING });
  await lapse(service.sql, expired);
  await manager().assignTask({ taskId: reserved, userId: 7n, reservation: durationOf(600) });
  await service.as(7).createComment({ taskId: free, text: "A village." });

  expect(await reconcileTo(10.5)).toMatchObject({
    state: OperationState.SUCCEEDED,
    unitCount: TASKS,
    doneCount: TASKS - 5,
    skippedCount: 5,
    skippedCounts: { TASK_LOCKED: 1, TASK_ASSIGNED: 1, TASK_TOUCHED: 3 },
    resultCounts: { WITHDRAWN: 29 * ROWS - 5 },
    resultName: "projects/1/tasks",
    userId: BigInt(MANAGER),
  });
  const kept = [mapped, bad, reset, held, reserved];
  expect(await listed({ filter: { outsideArea: true } })).toEqual(kept);
  const within = Array.from({ length: TASKS }, (_, index) => index + 1).filter(
    (id) => (id - 1) % COLUMNS < 11 || kept.includes(id),
  );
  expect(await listed({})).toEqual(within);
  expect(await listed({ filter: { states: [WITHDRAWN] } })).toHaveLength(29 * ROWS - 5);
  expect(await listed({ filter: { states: [WITHDRAWN, READY], outsideArea: true } })).toHaveLength(
    29 * ROWS - 2,
  );
  expect(await taskOf(held)).toMatchObject({ state: READY, outsideArea: true, lock: { holderUserId: 5n } });
  expect(await service.sql`select task_id from lock_slots`).toEqual([{ task_id: held }]);
  expect(await taskOf(expired)).toMatchObject({ state: WITHDRAWN, outsideArea: true, revision: 4n });
  expect(await taskOf(free)).toMatchObject({
    state: WITHDRAWN,
    commentCount: 1,
    stateUserId: BigInt(MANAGER),
  });
  expect(await taskOf(idAt(10, 0))).toMatchObject({ state: READY, outsideArea: false, revision: 1n });
});

test("progress counts withdrawn tasks for nothing, to the last one", async () => {
  await map(idAt(2, 2), 5);
  await map(idAt(20, 2), 5);
  await reconcileTo(10);
  const all = 10 * ROWS + 1;
  expect(await progress()).toMatchObject({
    taskCount: all,
    readyCount: all - 2,
    mappedCount: 2,
    withdrawnCount: BEYOND - 1,
    lockedCount: 0,
    mappedPercent: (100 * 2) / all,
    completionPercent: (100 * 2) / (2 * all),
  });
  expect((await manager().listContributors({})).contributors).toMatchObject([
    { userId: 5n, mappedTaskCount: 2 },
  ]);
  await reconcileTo(COLUMNS);
  expect(await progress()).toMatchObject({ taskCount: TASKS, readyCount: TASKS - 2, withdrawnCount: 0 });
});

test("where the area comes back its tasks come back, READY, and the history says so", async () => {
  const [near, far, mapped] = [idAt(15, 4), idAt(35, 4), idAt(18, 4)] as [number, number, number];
  await map(mapped, 5);
  await reconcileTo(10);
  expect(await reconcileTo(20)).toMatchObject({ skippedCount: 0, resultCounts: { RESTORED: 10 * ROWS - 1 } });
  expect(await taskOf(near)).toMatchObject({ state: READY, outsideArea: false, revision: 3n });
  expect(await taskOf(far)).toMatchObject({ state: WITHDRAWN, outsideArea: true, revision: 2n });
  expect(await taskOf(mapped)).toMatchObject({ state: MAPPED, outsideArea: false, mappedByUserId: 5n });
  const history = async (taskId: number) =>
    (await manager().listTaskEvents({ taskId })).events.map(({ kind, fromState, toState, operationId }) => [
      nameOf(TaskEventKind, kind),
      fromState,
      toState,
      operationId,
    ]);
  expect((await history(near)).slice(1)).toEqual([
    ["WITHDRAWN", READY, WITHDRAWN, 1],
    ["RESTORED", WITHDRAWN, READY, 2],
  ]);
  expect((await history(mapped)).slice(-2)).toEqual([
    ["KEPT_OUTSIDE", MAPPED, MAPPED, 1],
    ["RESTORED", MAPPED, MAPPED, 2],
  ]);
  // It is a task as any other again.
  await map(near, 6);
  const { revision } = (await taskOf(near)) ?? {};
  await service.as(6).undoTask({ taskId: near, expectedRevision: revision as bigint });
  const undone = await taskOf(near);
  expect([undone?.state, undone?.mappedByUserId]).toEqual([READY, undefined]);
});

test("a withdrawn task is in nobody's way: not offered, not found at its point, not changed, not lost", async () => {
  const taskId = idAt(30, 5);
  await reconcileTo(1);
  const { west, south } = boundingBoxOf((await taskOf(taskId))?.area as never);
  const place = { longitude: west + 0.001, latitude: south + 0.001 };
  expect((await service.as(5).searchTasks(place)).tasks).toEqual([]);
  expect(await reasonOf(service.as(5).createReport({ ...place, category: "hole" }))).toBe("NO_TASK_AT_POINT");
  expect(await reasonOf(service.as(5).lockTask({ taskId, purpose: MAPPING }))).toBe(
    "TASK_STATE_NOT_LOCKABLE",
  );
  expect(await reasonOf(manager().assignTask({ taskId, userId: 7n, reservation: durationOf(600) }))).toBe(
    "TASK_STATE_NOT_ASSIGNABLE",
  );
  const revision = (await taskOf(taskId))?.revision as bigint;
  expect(await reasonOf(manager().undoTask({ taskId, expectedRevision: revision }))).toBe("NOTHING_TO_UNDO");
  await service.as(5).createComment({ taskId, text: "It was a good task." });
  for (const action of [TaskAction.MAP, TaskAction.RESET, TaskAction.PRIORITIZE, TaskAction.SPLIT]) {
    await manager().batchUpdateTasks({
      action,
      ...(action === TaskAction.PRIORITIZE && { priority: 3 }),
      filter: { states: [WITHDRAWN], taskIds: [taskId] },
    });
  }
  await until(async () => (await service.sql`select from operations where end_time is null`).length === 0);
  expect(await service.sql`select skipped_counts from operations where kind = 'BatchUpdateTasks'`).toEqual(
    Array.from({ length: 4 }, () => ({ skipped_counts: { TASK_STATE_NOT_CHANGEABLE: 1 } })),
  );
  for (const [index, order] of [ClaimOrder.RANDOM, ClaimOrder.PRIORITY, ClaimOrder.NEAREST].entries()) {
    const claim = { purpose: MAPPING, order, ...place };
    const { taskId: claimed } = await service.as(20 + index).claimTask(claim);
    expect((claimed - 1) % COLUMNS).toBe(0);
  }
  expect(await taskOf(taskId)).toMatchObject({ state: WITHDRAWN, commentCount: 1 });
});

test("a follower of changes sees tasks leave and return", async () => {
  await allStamped();
  const { position: before } = await manager().listTasks({ pageSize: 1 });
  await reconcileTo(39);
  await allStamped();
  const gone = await manager().listTasks({ changedSince: before, pageSize: 1_000 });
  expect(gone.tasks.map(({ state }) => state)).toEqual(Array.from({ length: ROWS }, () => WITHDRAWN));
});

test("the parts of a task that was kept lie outside as it does, until a reconciliation withdraws them", async () => {
  const taskId = idAt(20, 3);
  // As it is no square, it is cut in four whatever the area is.
  await service.sql`update task_areas set zoom = null, x = null, y = null where task_id = ${taskId}`;
  const { token } = await service.as(5).lockTask({ taskId, purpose: MAPPING });
  await reconcileTo(10);
  const { taskIds } = await service.as(5).splitTask({ taskId, lockToken: token });
  expect(taskIds).toHaveLength(4);
  expect(await listed({ filter: { outsideArea: true } })).toEqual(taskIds);
  expect(await reconcileTo(10)).toMatchObject({ resultCounts: { WITHDRAWN: 4 }, skippedCount: 0 });
  expect(await listed({ filter: { outsideArea: true } })).toEqual([]);
});

test("in every other state a task outside is kept, whichever user set the state", async () => {
  await service.sql`update tasks set state = ${MAPPED} where task_id = ${idAt(30, 0)}`;
  await service.sql`update tasks set state = ${VALIDATED} where task_id = ${idAt(30, 1)}`;
  await service.sql`update tasks set state = ${INVALIDATED} where task_id = ${idAt(30, 2)}`;
  await service.sql`update tasks set state = ${BAD_IMAGERY} where task_id = ${idAt(30, 3)}`;
  await service.sql`update tasks set state = ${TaskState.SPLIT} where task_id = ${idAt(30, 4)}`;
  expect(await reconcileTo(10)).toMatchObject({
    unitCount: TASKS - 1,
    skippedCounts: { TASK_TOUCHED: 4 },
    resultCounts: { WITHDRAWN: BEYOND - 5 },
  });
  expect(await taskOf(idAt(30, 4))).toMatchObject({ state: TaskState.SPLIT, outsideArea: false });
});
