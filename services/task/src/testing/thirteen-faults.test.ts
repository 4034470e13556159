import { durationOf } from "@tessera/contracts/duration.ts";
import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { Reason } from "@tessera/contracts/tessera/project/v1/reason_pb.ts";
import { OperationState } from "@tessera/contracts/tessera/rpc/v1/operation_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { SubmissionResult } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { TaskAction } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import {
  clear,
  lapse,
  plant,
  reasonOf,
  squares,
  type TestService,
  testService,
  until,
  whileHeld,
} from "./service.ts";

const { MAPPING: purpose, VALIDATION } = LockPurpose;
const MANAGER = 90;
const TASKS = 12;

let service: TestService;

beforeAll(async () => {
  service = await testService();
  service.allow(MANAGER, { role: ProjectRole.MANAGER });
});

afterAll(() => service.end());

beforeEach(async () => {
  await clear(service.sql);
  await plant(service.sql, squares(TASKS));
});

const lock = (who: number, taskId: number, meanwhile?: () => Promise<unknown>) =>
  service.as(who, meanwhile).lockTask({ taskId, purpose });
const map = async (who: number, taskId: number) => {
  const { token: lockToken } = await lock(who, taskId);
  return service.as(who).submitTask({ taskId, lockToken, result: SubmissionResult.MAPPED });
};
/** Another connection has a task's row, and changes it when somebody waits for it. */
const overtaken = <T>(taskId: number, assignments: string, work: () => Promise<T>) =>
  whileHeld(
    service.sql,
    {
      hold: (tx) => tx`select from tasks where project_id = 1 and task_id = ${taskId} for update`,
      change: (tx) =>
        tx.unsafe(`update tasks set ${assignments} where project_id = 1 and task_id = ${taskId}`),
    },
    work,
  );
const OTHER_TAKES = `lock_holder = 9, lock_purpose = 1, lock_token = revision + 1, lock_time = now(),
  lock_expire_time = now() + interval '1 hour', revision = revision + 1`;
/** What the sweep of a lapsed lock and then another's lock make of a row. */
const OTHER_TAKES_LAPSED = OTHER_TAKES.replaceAll("+ 1,", "+ 2,").replace(/\+ 1$/, "+ 2");

async function run(action: TaskAction, more: object = {}) {
  await service.as(MANAGER).batchUpdateTasks({ action, ...more });
  await until(async () => (await operation()).done);
  return operation();
}

async function operation() {
  const { operations } = await service.as(MANAGER).listOperations({});
  return operations[0] as (typeof operations)[number];
}

test("1: of two people who lock one task, the second one learns who has it", async () => {
  const late = overtaken(1, OTHER_TAKES, () => reasonOf(lock(2, 1)));
  expect(await late).toBe("TASK_LOCKED");
  expect(await service.as(1).getLock({ taskId: 1 })).toMatchObject({ lock: { holderUserId: 9n } });
  expect(await reasonOf(lock(3, 2, () => lock(4, 2)))).toBe("TASK_LOCKED");
});

test("2: one person who takes two tasks at once gets one of them", async () => {
  expect(await reasonOf(lock(1, 2, () => lock(1, 1)))).toBe("LOCK_LIMIT_REACHED");
  const { locks } = await service.as(1).listHeldLocks({});
  expect(locks.map(({ taskId }) => taskId)).toEqual([1]);
  expect(await service.sql`select from tasks where lock_holder = 1`).toHaveLength(1);
});

test("3: a count that somebody raised in between is raised from there, and no comment is lost", async () => {
  const meant = overtaken(1, "comment_count = comment_count + 1, revision = revision + 1", () =>
    service.as(1).createComment({ taskId: 1, text: "mine" }),
  );
  expect((await meant).acknowledgement?.name).toBe("projects/1/tasks/1/comments/2");
  await service
    .as(1, () => service.as(2).createComment({ taskId: 2, text: "first" }))
    .createComment({ taskId: 2, text: "second" });
  const { comments } = await service.as(1).listComments({ taskId: 2 });
  expect(comments.map(({ text }) => text)).toEqual(["first", "second"]);
  expect((await service.as(1).getTask({ taskId: 2 })).task?.commentCount).toBe(2);
});

test("4: two who split at once get different numbers, one after the other, each at the first try", async () => {
  const tokens = [await lock(1, 1), await lock(2, 2)].map(({ token }) => token);
  service.asked.length = 0;
  const splits = await whileHeld(
    service.sql,
    { hold: (tx) => tx`select from task_sets where project_id = 1 for update`, waiters: 2 },
    () =>
      Promise.all(
        tokens.map((lockToken, index) => service.as(index + 1).splitTask({ taskId: index + 1, lockToken })),
      ),
  );
  const numbers = splits.flatMap(({ taskIds }) => taskIds).sort((a, b) => a - b);
  expect(numbers).toEqual(Array.from({ length: 8 }, (_, index) => TASKS + 1 + index));
  expect(service.asked).toHaveLength(2);
  for (const { taskIds } of splits)
    expect(taskIds).toEqual(taskIds.map((_, i) => (taskIds[0] as number) + i));
});

test("5: the sweep of an expired lock leaves the lock that another user took since its read", async () => {
  await lock(1, 1);
  await lapse(service.sql, 1);
  await overtaken(1, OTHER_TAKES_LAPSED, () => service.store.expireLocks([{ projectId: 1, taskId: 1 }]));
  expect(await service.as(1).getLock({ taskId: 1 })).toMatchObject({ lock: { holderUserId: 9n } });
});

test("5: the sweep of a lock that its holder extended since it looked leaves it", async () => {
  await lock(1, 1);
  await lapse(service.sql, 1);
  const extended = "lock_expire_time = now() + interval '1 hour', revision = revision + 1";
  await overtaken(1, extended, () => service.store.expireLocks([{ projectId: 1, taskId: 1 }]));
  expect(await service.as(1).getLock({ taskId: 1 })).toMatchObject({ lock: { holderUserId: 1n } });
  expect(await service.sql`select from lock_slots`).toHaveLength(1);
});

test("6: a comment during a lock leaves the lock as it is: it can be extended and handed in", async () => {
  const { token, expireTime } = await lock(1, 1);
  await service.as(2).createComment({ taskId: 1, text: "look at the river" });
  const sooner = new Date(Number(expireTime?.seconds) * 1_000 - 30 * 60_000);
  await service.sql`update tasks set lock_expire_time = ${sooner} where project_id = 1 and task_id = 1`;
  const extending = service.as(1, () => service.as(2).createComment({ taskId: 1, text: "and the road" }));
  const extended = await extending.extendLock({ taskId: 1, lockToken: token });
  expect(Number(extended.expireTime?.seconds)).toBeGreaterThanOrEqual(Number(expireTime?.seconds));
  const handing = service.as(1, () => service.as(2).createComment({ taskId: 1, text: "done?" }));
  const handed = handing.submitTask({ taskId: 1, lockToken: token, result: SubmissionResult.MAPPED });
  expect(await reasonOf(handed)).toBe("acknowledged");
  expect((await service.as(1).getTask({ taskId: 1 })).task).toMatchObject({ commentCount: 3 });
});

test("7: a comment does not give the right to undo another's work, and does not take it from who did it", async () => {
  const validation = { permitted: false, reason: Reason.LEVEL_TOO_LOW, metadata: {} };
  for (const mapper of [1, 2])
    service.allow(mapper, { role: ProjectRole.MAPPER, validation: validation as never }, 1);
  await map(1, 1);
  await service.as(2).createComment({ taskId: 1, text: "well done" });
  const revision = (await service.as(2).getTask({ taskId: 1 })).task?.revision as bigint;
  const undo = (who: number) => service.as(who).undoTask({ taskId: 1, expectedRevision: revision });
  expect(await reasonOf(undo(2))).toBe("UNDO_NOT_PERMITTED");
  expect(await reasonOf(undo(1))).toBe("acknowledged");
  const { task } = await service.as(1).getTask({ taskId: 1 });
  expect([task?.state, task?.mappedByUserId]).toEqual([TaskState.READY, undefined]);
  for (const mapper of [1, 2]) service.allow(mapper, {}, 1);
});

test("8: a lock ends only in a state of its own purpose, and a released one keeps the state", async () => {
  const { MAPPED, BAD_IMAGERY, VALIDATED, INVALIDATED, UNSPECIFIED } = SubmissionResult;
  const { token: lockToken } = await lock(1, 1);
  for (const result of [VALIDATED, INVALIDATED, UNSPECIFIED, 7 as SubmissionResult]) {
    expect(await reasonOf(service.as(1).submitTask({ taskId: 1, lockToken, result }))).toBe(
      "RESULT_NOT_ALLOWED",
    );
  }
  await service.as(1).submitTask({ taskId: 1, lockToken, result: BAD_IMAGERY });
  const { token } = await service.as(2).lockTask({ taskId: 1, purpose: VALIDATION });
  for (const result of [MAPPED, BAD_IMAGERY, UNSPECIFIED]) {
    expect(await reasonOf(service.as(2).submitTask({ taskId: 1, lockToken: token, result }))).toBe(
      "RESULT_NOT_ALLOWED",
    );
  }
  await service.as(2).releaseLock({ taskId: 1, lockToken: token });
  expect((await service.as(1).getTask({ taskId: 1 })).task?.state).toBe(TaskState.BAD_IMAGERY);
  expect(await service.sql`select from submissions`).toHaveLength(1);
});

test("9: the holder who asks again is checked again, also when the right went away between reading and writing", async () => {
  await lock(5, 1);
  const mapping = { permitted: false, reason: Reason.LEVEL_TOO_LOW, metadata: {} } as never;
  expect(await reasonOf(lock(5, 1, async () => service.allow(5, { mapping }, 1)))).toBe("LEVEL_TOO_LOW");
  service.allow(5, {}, 1);
  expect(await reasonOf(lock(5, 1))).toBe("acknowledged");
  // As the lock expired and another user has the task, it is not returned again.
  await lapse(service.sql, 1);
  expect(await reasonOf(lock(5, 1, () => lock(6, 1)))).toBe("TASK_LOCKED");
});

test("10: a change of all tasks leaves a lock that was taken while it waited for the task", async () => {
  const runner = service.run();
  await service.as(1).lockTask({ taskId: 2, purpose });
  const done = await overtaken(5, OTHER_TAKES, () => run(TaskAction.MAP));
  await runner.stop();
  expect(done).toMatchObject({
    state: OperationState.SUCCEEDED,
    doneCount: TASKS - 2,
    skippedCount: 2,
    skippedCounts: { TASK_LOCKED: 2 },
  });
  expect(await service.sql`select attempts from operations`).toMatchObject([{ attempts: 1 }]);
  const left = await service.sql`select task_id, lock_holder from tasks where state = 1 order by task_id`;
  expect(left).toMatchObject([
    { task_id: 2, lock_holder: 1n },
    { task_id: 5, lock_holder: 9n },
  ]);
});

test("11: the changes of one person are undone on every task but those that do not allow it", async () => {
  const runner = service.run();
  for (const taskId of [1, 2, 3, 4]) await map(1, taskId);
  await map(2, 5);
  await service.as(3).lockTask({ taskId: 3, purpose: VALIDATION });
  const done = await run(TaskAction.REVERT_USER, { revertedUserId: 1n });
  await runner.stop();
  expect(done).toMatchObject({
    state: OperationState.SUCCEEDED,
    doneCount: 3,
    skippedCounts: { TASK_LOCKED: 1, TASK_STATE_NOT_CHANGEABLE: TASKS - 4 },
  });
  const left = await service.sql`select task_id, mapped_by from tasks where state <> 1 order by task_id`;
  expect(left).toMatchObject([
    { task_id: 3, mapped_by: 1n },
    { task_id: 5, mapped_by: 2n },
  ]);
});

test("12: only a release is possible in an archived project, also for holders of locks there", async () => {
  const mapping = {
    permitted: false,
    reason: Reason.PROJECT_ARCHIVED,
    metadata: { project_id: "1" },
  } as never;
  const { token: lockToken } = await lock(5, 1);
  const archived = async () => {
    service.allow(5, { mapping, validation: mapping }, 1);
    service.allow(MANAGER, { role: ProjectRole.MANAGER, mapping, validation: mapping }, 1);
  };
  const result = SubmissionResult.MAPPED;
  expect(await reasonOf(service.as(5, archived).submitTask({ taskId: 1, lockToken, result }))).toBe(
    "PROJECT_ARCHIVED",
  );
  const me = service.as(5);
  const tried = await Promise.all(
    [
      me.lockTask({ taskId: 1, purpose }),
      me.lockTasks({ taskIds: [1, 2], purpose }),
      me.claimTask({ purpose }),
      me.extendLock({ taskId: 1, lockToken }),
      me.splitTask({ taskId: 1, lockToken }),
      me.submitTasks({ submissions: [{ taskId: 1, lockToken, result }] }),
      service.as(MANAGER).batchUpdateTasks({ action: TaskAction.MAP }),
      service.as(MANAGER).assignTask({ taskId: 2, userId: 1n, reservation: durationOf(300) }),
    ].map(reasonOf),
  );
  expect(new Set(tried)).toEqual(new Set(["PROJECT_ARCHIVED"]));
  expect(await reasonOf(me.releaseLock({ taskId: 1, lockToken }))).toBe("acknowledged");
  service.allow(5, {}, 1);
  service.allow(MANAGER, { role: ProjectRole.MANAGER }, 1);
});

test("13: of tasks handed in together none is, when one of them changed while they were written", async () => {
  for (const taskId of [1, 2, 3]) await map(taskId, taskId);
  const { locks } = await service.as(9).lockTasks({ taskIds: [1, 2, 3], purpose: VALIDATION });
  const submissions = locks.map(({ taskId, token: lockToken }) => ({
    taskId,
    lockToken,
    result: SubmissionResult.VALIDATED,
  }));
  const stolen = OTHER_TAKES.replace("lock_holder = 9", "lock_holder = 8");
  const handed = overtaken(2, stolen, () => reasonOf(service.as(9).submitTasks({ submissions })));
  expect(await handed).toBe("LOCK_NOT_HELD");
  expect(await service.sql`select from tasks where state = 3`).toHaveLength(0);
  expect(await service.sql`select from submissions where user_id = 9`).toHaveLength(0);
});

test("13: of tasks locked together none is, when one of the slots went to another lock in between", async () => {
  const [one, three] = [await testService({ slotLimits: { [purpose]: 3 } }), [1, 2, 3]];
  try {
    await plant(one.sql, squares(TASKS));
    const many = one
      .as(1, () => one.as(1).lockTask({ taskId: 9, purpose }))
      .lockTasks({ taskIds: three, purpose });
    expect(await reasonOf(many)).toBe("LOCK_LIMIT_REACHED");
    const { locks } = await one.as(1).listHeldLocks({});
    expect(locks.map(({ taskId }) => taskId)).toEqual([9]);
  } finally {
    await one.end();
  }
});
