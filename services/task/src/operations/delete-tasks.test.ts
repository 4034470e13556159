import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { OperationState } from "@tessera/contracts/tessera/rpc/v1/operation_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { TaskAction } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
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
import type { Runner } from "./operation-runner.ts";

const MANAGER = 90;
const MAPPER = 7;
const TASKS = 40;

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
const remove = async (filter: object = {}, more: object = {}) => {
  const started = await manager().batchUpdateTasks({ action: TaskAction.DELETE, filter, ...more });
  return Number(started.acknowledgement?.name.split("/").at(-1));
};

async function done(operationId: number) {
  const read = async () => (await manager().getOperation({ operationId })).operation;
  await until(async () => (await read())?.done === true);
  return read();
}

test("a deletion takes what nobody touched, and counts by reason what it left alone", async () => {
  const { sql } = service;
  await service.as(MAPPER).lockTask({ taskId: 1, purpose: LockPurpose.MAPPING });
  await sql`update tasks set assigned_to = 5, assigned_until = now() + interval '1 hour' where task_id = 2`;
  await sql`update tasks set assigned_to = 5, assigned_until = now() - interval '1 hour' where task_id = 3`;
  await sql`update tasks set submission_count = 1 where task_id = 4`;
  await manager().createComment({ taskId: 5, text: "look here" });
  await sql`update tasks set state = ${TaskState.MAPPED}, mapped_by = 7 where task_id = 6`;
  const filter = { taskIds: Array.from({ length: 10 }, (_, index) => index + 1) };
  expect(await done(await remove(filter, { includeLocked: true }))).toMatchObject({
    state: OperationState.SUCCEEDED,
    doneCount: 5,
    skippedCount: 5,
    skippedCounts: { TASK_LOCKED: 1, TASK_ASSIGNED: 1, TASK_TOUCHED: 3 },
  });
  const { tasks, taskCount } = await manager().listTasks({ withTotal: true });
  expect(tasks.slice(0, 6).map(({ taskId }) => taskId)).toEqual([1, 2, 4, 5, 6, 11]);
  expect(taskCount).toBe(TASKS - 5);
});

test("a deleted task stays readable with its history, is not counted, and cannot be taken", async () => {
  await done(await remove({ taskIds: [7] }));
  expect((await manager().getTask({ taskId: 7 })).task).toMatchObject({ state: TaskState.DELETED });
  const { events } = await manager().listTaskEvents({ taskId: 7 });
  expect(events.map(({ kind }) => kind)).toEqual([TaskEventKind.TASKS_CREATED, TaskEventKind.DELETED]);
  expect(events[1]).toMatchObject({
    fromState: TaskState.READY,
    toState: TaskState.DELETED,
    actorUserId: 90n,
  });
  expect((await manager().getProgress({})).progress?.taskCount).toBe(TASKS - 1);
  const refused = service.as(MAPPER).lockTask({ taskId: 7, purpose: LockPurpose.MAPPING });
  expect(await reasonOf(refused)).toBe("TASK_STATE_NOT_LOCKABLE");
  const listed = await manager().listTasks({ filter: { states: [TaskState.DELETED] } });
  expect(listed.tasks.map(({ taskId }) => taskId)).toEqual([7]);
});

test("a deletion that is sent again finds nothing to do", async () => {
  await done(await remove());
  expect(await done(await remove())).toMatchObject({ doneCount: 0, skippedCount: 0 });
});

test("a lock that comes while a deletion waits wins or loses, never both", async () => {
  let operationId = 0;
  const lock = service.as(MAPPER).lockTask;
  const outcome = await whileHeld(
    service.sql,
    { hold: (tx) => tx`select from tasks where project_id = 1 and task_id = 9 for update`, waiters: 2 },
    async () => {
      operationId = await remove({ taskIds: [9] });
      return lock({ taskId: 9, purpose: LockPurpose.MAPPING }).then(
        () => "held",
        (error: unknown) => reasonOf(Promise.reject(error)),
      );
    },
  );
  const operation = await done(operationId);
  const { task } = await manager().getTask({ taskId: 9 });
  if (task?.state === TaskState.DELETED) {
    expect(outcome).toBe("TASK_STATE_NOT_LOCKABLE");
    expect(task.lock).toBeUndefined();
    expect(operation?.doneCount).toBe(1);
  } else {
    expect(outcome).toBe("held");
    expect(task?.lock).toBeDefined();
    expect(operation?.skippedCounts).toEqual({ TASK_LOCKED: 1 });
  }
});
