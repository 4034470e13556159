import { timestampDate } from "@bufbuild/protobuf/wkt";
import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { SubmissionResult } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { clear, plant, squares, type TestService, testService } from "../testing/service.ts";

const { MAPPING, VALIDATION } = LockPurpose;
const [MANAGER, VALIDATOR, ANN, BEN] = [90, 91, 92, 93];
/** More than a page of a list of tasks has. */
const TASKS = 1_500;
const LISTED_MAX = 100;
const FIRST = Date.parse("2026-01-01T00:00:00Z");

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

/** Has tasks mapped, the first second after `FIRST` the one with the greatest number. */
async function mapped(mapper: number, from: number, to: number): Promise<void> {
  await service.sql`
    insert into task_events (project_id, task_id, revision, kind, actor, event_time, commit_time, position)
    select 1, id, 50, 0, ${mapper}, time, time, id from generate_series(${from}::integer, ${to}::integer) as id,
      lateral (select ${new Date(FIRST)}::timestamptz + (${TASKS} - id) * interval '1 second' as time) as at`;
  await service.sql`
    update tasks set state = ${TaskState.MAPPED}, mapped_by = ${mapper}, state_revision = 50, revision = 50
    where project_id = 1 and task_id between ${from} and ${to}`;
}

const queueOf = async (who: number, mappedByUserId?: number) => {
  const by = mappedByUserId === undefined ? {} : { mappedByUserId: BigInt(mappedByUserId) };
  const { validationQueue } = await service.as(who).getValidationQueue({ projectId: 1, ...by });
  if (validationQueue === undefined) throw new Error("there is no queue");
  const { tasks, taskCount, mappers } = validationQueue;
  const people = mappers.map((it) => [Number(it.userId), it.taskCount]);
  return { ids: tasks.map(({ taskId }) => taskId), tasks, taskCount, people };
};

test("the task that waits longest comes first, whatever its number, and every mapper is counted", async () => {
  await mapped(ANN, 1, 1_400);
  await mapped(BEN, 1_401, TASKS);
  const { ids, tasks, taskCount, people } = await queueOf(VALIDATOR);
  expect(ids).toEqual(Array.from({ length: LISTED_MAX }, (_, at) => TASKS - at));
  expect([taskCount, people]).toEqual([
    TASKS,
    [
      [ANN, 1_400],
      [BEN, 100],
    ],
  ]);
  const since = tasks[1]?.stateTime;
  expect(since && timestampDate(since).getTime()).toBe(FIRST + 1_000);
  // A comment and a lock that was let go do not send a task back to the end.
  const at = { projectId: 1, taskId: TASKS };
  await service.as(VALIDATOR).createComment({ ...at, text: "Look at this." });
  await service.as(VALIDATOR).lockTask({ ...at, purpose: VALIDATION });
  expect((await queueOf(VALIDATOR)).ids[0]).toBe(TASKS - 1);
  await service.as(VALIDATOR).releaseLock(at);
  expect((await queueOf(VALIDATOR)).ids[0]).toBe(TASKS);
});

test("one mapper's tasks are those of that person alone, and the others are still counted", async () => {
  await mapped(ANN, 1, 1_400);
  await mapped(BEN, 1_401, 1_403);
  const { ids, taskCount, people } = await queueOf(VALIDATOR, BEN);
  expect([ids, taskCount, people[0]]).toEqual([[1_403, 1_402, 1_401], 3, [ANN, 1_400]]);
  expect((await queueOf(VALIDATOR, MANAGER)).ids).toEqual([]);
});

test("one's own mapping is left out, but for managers, who may validate it", async () => {
  for (const [taskId, who] of [
    [1, ANN],
    [2, MANAGER],
    [3, ANN],
  ] as const) {
    const at = { projectId: 1, taskId };
    const { token } = await service.as(who).lockTask({ ...at, purpose: MAPPING });
    const result = taskId === 3 ? SubmissionResult.BAD_IMAGERY : SubmissionResult.MAPPED;
    await service.as(who).submitTask({ ...at, lockToken: token, result });
  }
  expect([await queueOf(ANN), await queueOf(MANAGER), await queueOf(BEN)]).toMatchObject([
    { ids: [2], taskCount: 1, people: [[MANAGER, 1]] },
    { ids: [1, 2, 3], taskCount: 3 },
    { ids: [1, 2, 3], taskCount: 3 },
  ]);
});
