import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { SubmissionResult } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Runner } from "../operations/operation-runner.ts";
import { firstColumns, isOutside } from "../testing/reconcile.ts";
import { plant, reasonOf, squares, type TestService, testService, until } from "../testing/service.ts";

const MANAGER = 90;
const TASKS = 400;
const MAPPERS = 12;
const RECONCILIATIONS = 12;
const TURNS_MAX = 5_000;
/** Between them the area goes back and forth. */
const [NARROW, WIDE] = [10, 40];
const { READY, WITHDRAWN } = TaskState;
const kinds = TaskEventKind;

let service: TestService;
let runner: Runner;

beforeAll(async () => {
  service = await testService();
  service.allow(MANAGER, { role: ProjectRole.MANAGER });
  await plant(service.sql, squares(TASKS));
  runner = service.run();
});

afterAll(async () => {
  await runner.stop();
  await service.end();
});

const manager = () => service.as(MANAGER);

async function reconcileTo(columns: number): Promise<void> {
  service.area.of = firstColumns(columns);
  service.area.revision += 1n;
  const { acknowledgement } = await manager().reconcileTasks({});
  const operationId = Number(acknowledgement?.name.split("/").at(-1));
  await until(async () => (await manager().getOperation({ operationId })).operation?.done === true);
}

/** Locks tasks and releases or submits them, until it is stopped. Returns how often a lock was lost. */
async function work(user: number, isOver: () => boolean): Promise<{ locks: number; lost: string[] }> {
  const lost: string[] = [];
  let locks = 0;
  for (let turn = 0; turn < TURNS_MAX && !isOver(); turn++) {
    const taskId = 1 + ((user * 37 + turn * 7) % TASKS);
    const lock = service.as(user).lockTask({ taskId, purpose: LockPurpose.MAPPING });
    if ((await reasonOf(lock)) !== "acknowledged") continue;
    locks += 1;
    const lockToken = (await lock).token;
    const end =
      turn % 9 === 0
        ? service.as(user).submitTask({ taskId, lockToken, result: SubmissionResult.MAPPED })
        : service.as(user).releaseLock({ taskId, lockToken });
    const answer = await reasonOf(end);
    if (answer !== "acknowledged") lost.push(answer);
  }
  return { locks, lost };
}

test("while the area goes back and forth nobody loses a lock, and no task is withdrawn that somebody holds or handed in", {
  timeout: 60_000,
}, async () => {
  let isOver = false;
  const working = Array.from({ length: MAPPERS }, (_, index) => work(100 + index, () => isOver));
  try {
    for (let count = 0; count < RECONCILIATIONS; count++) await reconcileTo(count % 2 === 0 ? NARROW : WIDE);
  } finally {
    isOver = true;
  }
  const done = await Promise.all(working);
  expect(done.flatMap(({ lost }) => lost)).toEqual([]);
  expect(done.reduce((sum, { locks }) => sum + locks, 0)).toBeGreaterThan(MAPPERS);

  await reconcileTo(NARROW);
  const tasks = await service.sql<
    { task_id: number; state: number; submission_count: number; outside: boolean; revision: bigint }[]
  >`select * from tasks order by task_id`;
  for (const task of tasks) {
    const outside = isOutside(NARROW, task.task_id);
    const touched = task.submission_count > 0;
    const state = touched ? TaskState.MAPPED : outside ? WITHDRAWN : READY;
    expect(task).toMatchObject({ state, outside });
  }
  const withdrawn = tasks.filter(({ state }) => state === WITHDRAWN).length;
  expect((await manager().getProgress({})).progress).toMatchObject({
    taskCount: TASKS - withdrawn,
    withdrawnCount: withdrawn,
    lockedCount: 0,
  });
  const events = await service.sql<
    { task_id: number; revision: bigint; kind: number; from_state: number; to_state: number }[]
  >`select * from task_events where task_id > 0 order by task_id, revision`;
  const histories = Map.groupBy(events, (event) => event.task_id);
  let seen = 0;
  for (const task of tasks) {
    const history = histories.get(task.task_id) ?? [];
    // Without gaps, each event from the state that the one before it left.
    expect(history.map(({ revision }) => revision)).toEqual(history.map((_, index) => BigInt(index + 2)));
    expect(task.revision).toBe(BigInt(history.length + 1));
    let [state, held]: [number, boolean] = [READY, false];
    for (const event of history) {
      expect(event.from_state).toBe(state);
      if (event.kind === kinds.WITHDRAWN) {
        expect(held).toBe(false);
        seen += 1;
      }
      if (event.kind === kinds.LOCKED) held = true;
      if (([kinds.LOCK_RELEASED, kinds.SUBMITTED] as number[]).includes(event.kind)) held = false;
      state = event.to_state;
    }
    expect(state).toBe(task.state);
  }
  expect(seen).toBeGreaterThan(RECONCILIATIONS);
});
