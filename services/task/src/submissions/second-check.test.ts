import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { SubmissionResult } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { TaskAction } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
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

const { VALIDATED, INVALIDATED, MAPPED } = SubmissionResult;
const MAPPER = 1;
const FIRST = 2;
const SECOND = 3;

let service: TestService;

beforeAll(async () => {
  service = await testService();
});

afterAll(() => service.end());

beforeEach(async () => {
  await clear(service.sql);
  await plant(service.sql, squares(40));
});

const check = (who: number, taskId = 1, secondCheck = true) =>
  service.as(who).lockTask({ taskId, purpose: LockPurpose.VALIDATION, secondCheck });
async function judge(who: number, result: SubmissionResult, taskId = 1) {
  const { token: lockToken } = await check(who, taskId);
  await service.as(who).submitTask({ taskId, lockToken, result });
}
async function map(taskId = 1, who = MAPPER) {
  const { token: lockToken } = await service.as(who).lockTask({ taskId, purpose: LockPurpose.MAPPING });
  await service.as(who).submitTask({ taskId, lockToken, result: MAPPED });
}
const stateOf = async (taskId = 1) => (await service.as(FIRST).getTask({ taskId })).task?.state;
const disagreed = async (of: object = {}) => (await service.as(FIRST).listDisagreements(of)).disagreements;

describe("a second check", () => {
  test("is somebody else's, leaves the task validated meanwhile, and keeps both verdicts", async () => {
    await map();
    await judge(FIRST, VALIDATED);
    expect(await reasonOf(check(SECOND, 1, false))).toBe("TASK_STATE_NOT_LOCKABLE");
    expect(await reasonOf(check(FIRST))).toBe("OWN_VALIDATION");
    expect(await reasonOf(check(MAPPER))).toBe("OWN_MAPPING");
    await check(SECOND);
    expect(await stateOf()).toBe(TaskState.VALIDATED);
    await lapse(service.sql, 1);
    expect(await stateOf()).toBe(TaskState.VALIDATED);
    await judge(SECOND, INVALIDATED);
    expect(await stateOf()).toBe(TaskState.INVALIDATED);
    const { submissions } = await service.as(FIRST).listSubmissions({ taskId: 1 });
    expect(submissions.map(({ userId, result }) => [Number(userId), result])).toEqual([
      [MAPPER, MAPPED],
      [FIRST, VALIDATED],
      [SECOND, INVALIDATED],
    ]);
  });

  test("of several tasks has a result for each in one call, all or none", async () => {
    for (const taskId of [1, 2, 3]) {
      await map(taskId);
      await judge(FIRST, VALIDATED, taskId);
    }
    const of = { taskIds: [1, 2, 3], purpose: LockPurpose.VALIDATION, secondCheck: true };
    expect(await reasonOf(service.as(FIRST).lockTasks(of))).toBe("OWN_VALIDATION");
    const { locks } = await service.as(SECOND).lockTasks(of);
    const work = locks.map(({ taskId, token: lockToken }) => {
      return { taskId, lockToken, result: taskId === 2 ? INVALIDATED : VALIDATED };
    });
    const stale = work.map((it) => (it.taskId === 3 ? { ...it, lockToken: 1n } : it));
    expect(await reasonOf(service.as(SECOND).submitTasks({ submissions: stale }))).toBe("LOCK_TOKEN_STALE");
    expect(await disagreed()).toEqual([]);
    await service.as(SECOND).submitTasks({ submissions: work });
    expect(await Promise.all([1, 2, 3].map(stateOf))).toEqual([
      TaskState.VALIDATED,
      TaskState.INVALIDATED,
      TaskState.VALIDATED,
    ]);
    expect((await disagreed()).map(({ taskId }) => taskId)).toEqual([2]);
  });

  test("that is undone gives the first verdict back", async () => {
    await map();
    await judge(FIRST, VALIDATED);
    await judge(SECOND, INVALIDATED);
    const { task } = await service.as(SECOND).getTask({ taskId: 1 });
    await service.as(SECOND).undoTask({ taskId: 1, expectedRevision: task?.revision ?? 0n });
    const { task: undone } = await service.as(SECOND).getTask({ taskId: 1 });
    expect(undone).toMatchObject({ state: TaskState.VALIDATED, validatedByUserId: BigInt(FIRST) });
  });
});

test("disagreements are two people's opposite verdicts on the same mapping, by task and by person", async () => {
  await map(1);
  await judge(FIRST, VALIDATED, 1);
  await judge(SECOND, VALIDATED, 1);
  await map(2);
  await judge(FIRST, INVALIDATED, 2);
  await map(2);
  await judge(SECOND, VALIDATED, 2);
  await map(3);
  await judge(FIRST, INVALIDATED, 3);
  await judge(SECOND, VALIDATED, 3);
  await judge(4, INVALIDATED, 3);
  const found = (await disagreed()).map(({ taskId, state, first, second }) => [
    taskId,
    state,
    first?.result,
    second?.result,
  ]);
  expect(found).toEqual([
    [3, TaskState.INVALIDATED, INVALIDATED, VALIDATED],
    [3, TaskState.INVALIDATED, VALIDATED, INVALIDATED],
  ]);
  expect(await disagreed({ userId: 4n })).toHaveLength(1);
  expect(await disagreed({ userId: 9n })).toHaveLength(0);
  expect(await disagreed({ taskId: 1 })).toHaveLength(0);
  const page = await service.as(FIRST).listDisagreements({ pageSize: 1 });
  const next = await service.as(FIRST).listDisagreements({ pageSize: 1, pageToken: page.nextPageToken });
  expect(next).toMatchObject({ disagreements: [{ second: { userId: 4n } }], nextPageToken: "" });
});

test("verdicts between which one was undone, or a manager changed the state, are no disagreement", async () => {
  const MANAGER = 90;
  service.allow(MANAGER, { role: ProjectRole.MANAGER });
  const runner = service.run();
  await map(1);
  await judge(FIRST, INVALIDATED, 1);
  const { task } = await service.as(FIRST).getTask({ taskId: 1 });
  await service.as(FIRST).undoTask({ taskId: 1, expectedRevision: task?.revision ?? 0n });
  await judge(SECOND, VALIDATED, 1);
  await map(2);
  await judge(FIRST, INVALIDATED, 2);
  const filter = { taskIds: [2] };
  const { acknowledgement } = await service.as(MANAGER).batchUpdateTasks({ action: TaskAction.MAP, filter });
  const operationId = Number(acknowledgement?.name.split("/").at(-1));
  const read = async () => (await service.as(MANAGER).getOperation({ operationId })).operation;
  await until(async () => (await read())?.done === true);
  await runner.stop();
  await judge(SECOND, VALIDATED, 2);
  expect(await Promise.all([1, 2].map(stateOf))).toEqual([TaskState.VALIDATED, TaskState.VALIDATED]);
  expect(await disagreed()).toEqual([]);
});

describe("a sample", () => {
  const sampled = async (more: object = {}) => {
    const of = { mappedByUserId: BigInt(MAPPER), every: 5, seed: "monday", ...more };
    return (await service.as(FIRST).listSampledTasks(of)).tasks.map(({ taskId }) => taskId);
  };

  beforeEach(async () => {
    await service.sql`update tasks set state = ${TaskState.MAPPED}, mapped_by = ${MAPPER} where task_id <= 22`;
    await service.sql`update tasks set state = ${TaskState.MAPPED}, mapped_by = 8 where task_id between 23 and 30`;
  });

  test("has every fifth of one mapper's tasks, the same for the same seed", async () => {
    const sample = await sampled();
    expect(sample).toHaveLength(5);
    expect(sample.every((taskId) => taskId <= 22)).toBe(true);
    expect(await sampled()).toEqual(sample);
    const seeds = await Promise.all(["tuesday", "wednesday", "thursday"].map((seed) => sampled({ seed })));
    expect(seeds.some((other) => String(other) !== String(sample))).toBe(true);
  });

  test("stays while it is validated, and can leave out what is done or held", async () => {
    const sample = await sampled();
    const [done = 0, taken = 0, ...waiting] = sample;
    await judge(FIRST, VALIDATED, done);
    await check(SECOND, taken);
    expect(await sampled()).toEqual(sample);
    expect(await sampled({ onlyWaiting: true })).toEqual(waiting);
    const { tasks } = await service
      .as(FIRST)
      .listSampledTasks({ mappedByUserId: 1n, every: 5, seed: "monday" });
    expect(tasks[0]).toMatchObject({
      state: TaskState.VALIDATED,
      validatedByUserId: BigInt(FIRST),
      locked: false,
    });
    expect(tasks[1]).toMatchObject({ state: TaskState.MAPPED, locked: true });
  });

  test("changes by one task at most when the mapper maps another", async () => {
    const before = new Set(await sampled({ every: 2 }));
    await service.sql`update tasks set state = ${TaskState.MAPPED}, mapped_by = ${MAPPER} where task_id = 40`;
    const after = await sampled({ every: 2 });
    expect(after.filter((taskId) => !before.has(taskId)).length).toBeLessThanOrEqual(1);
  });

  test("of every task is all of one person's, or of everybody's, page by page", async () => {
    expect(await sampled({ every: 0 })).toHaveLength(22);
    expect(await sampled({ mappedByUserId: undefined, every: 1 })).toHaveLength(30);
    const of = { mappedByUserId: BigInt(MAPPER), every: 1, pageSize: 20 };
    const page = await service.as(FIRST).listSampledTasks(of);
    const next = await service.as(FIRST).listSampledTasks({ ...of, pageToken: page.nextPageToken });
    expect([...page.tasks, ...next.tasks].map(({ taskId }) => taskId)).toEqual(await sampled({ every: 1 }));
  });
});
