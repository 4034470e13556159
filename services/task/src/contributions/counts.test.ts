import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { SubmissionResult } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { TaskAction } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { Refusal } from "@tessera/rpc/refusal.ts";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Runner } from "../operations/operation-runner.ts";
import { plant, squares, type TestService, testService, until } from "../testing/service.ts";

const { MAPPING, VALIDATION } = LockPurpose;
const { MAPPED, BAD_IMAGERY, VALIDATED, INVALIDATED } = SubmissionResult;
const TASKS = 5;
const MANAGER = 4;

let service: TestService;
let runner: Runner;
let projectId = 0;

beforeAll(async () => {
  service = await testService();
  service.allow(MANAGER, { role: ProjectRole.MANAGER });
  runner = service.run();
});

beforeEach(async () => {
  projectId += 1;
  await plant(service.sql, squares(TASKS), projectId);
});

afterAll(async () => {
  await runner.stop();
  await service.end();
});

/** While the row of the feed's head is held, no event gets its position. */
async function holdHead(): Promise<() => Promise<void>> {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const { promise: held, resolve: hold } = Promise.withResolvers<void>();
  const holding = service.sql.begin(async (tx) => {
    await tx`select from feed_head where feed = 'task_events' for update`;
    hold();
    await released;
  });
  await held;
  return async () => {
    release();
    await holding;
  };
}

async function stamped(): Promise<void> {
  await until(async () => {
    await service.sql`select stamp_task_events(2000)`;
    return (await service.sql`select from task_events where position is null`).length === 0;
  });
}

async function answered() {
  const { progress } = await service.as(1).getProgress({ projectId });
  const { contributors } = await service.as(1).listContributors({ projectId });
  return {
    states: [
      progress?.readyCount,
      progress?.mappedCount,
      progress?.validatedCount,
      progress?.invalidatedCount,
      progress?.badImageryCount,
      progress?.lockedCount,
    ],
    people: contributors.map((it) => [
      Number(it.userId),
      it.mappedTaskCount,
      it.validatedTaskCount,
      it.heldTaskCount,
      it.mappingSubmissionCount,
      it.validationSubmissionCount,
      it.lastSubmissionTime?.nanos,
    ]),
  };
}

/** The same, counted from the rows without any event. */
async function recounted(): Promise<Awaited<ReturnType<typeof answered>>> {
  const { READY, MAPPED, VALIDATED, INVALIDATED, BAD_IMAGERY, SPLIT } = TaskState;
  const tasks = await service.sql<Record<"state" | "mapped" | "validated" | "holder", number>[]>`
    select state::integer, mapped_by::integer as mapped, validated_by::integer as validated,
      case when lock_expire_time > clock_timestamp() then lock_holder::integer else 0 end as holder
    from tasks where project_id = ${projectId}`;
  const work = await service.sql<{ user: number; result: SubmissionResult; time: Date }[]>`
    select user_id::integer as user, outcome::integer as result, create_time as time from submissions
    where project_id = ${projectId} order by create_time`;
  const reviewed: number[] = [VALIDATED, INVALIDATED];
  const isReview = ({ result }: { result: SubmissionResult }) =>
    result === SubmissionResult.VALIDATED || result === SubmissionResult.INVALIDATED;
  const people = [1, 2, 3, MANAGER].map((user) => {
    const own = work.filter((it) => it.user === user);
    return [
      user,
      tasks.filter(({ mapped, state }) => mapped === user && state !== SPLIT).length,
      tasks.filter(({ validated, state }) => validated === user && reviewed.includes(state)).length,
      tasks.filter(({ holder }) => holder === user).length,
      own.filter((it) => !isReview(it)).length,
      own.filter(isReview).length,
      own.length === 0 ? undefined : (own.at(-1)?.time.getMilliseconds() ?? 0) * 1_000_000,
    ];
  });
  const states = [READY, MAPPED, VALIDATED, INVALIDATED, BAD_IMAGERY];
  return {
    states: [
      ...states.map((state) => tasks.filter((it) => it.state === state).length),
      tasks.filter(({ holder }) => (holder ?? 0) > 0).length,
    ],
    people: people.filter((numbers) => numbers.slice(1, 6).some((it) => it !== 0)),
  };
}

/** What people and managers do; much of it is refused. */
const ACTS = {
  lock: (user: number, taskId: number) => service.as(user).lockTask({ projectId, taskId, purpose: MAPPING }),
  review: (user: number, taskId: number) =>
    service.as(user).lockTask({ projectId, taskId, purpose: VALIDATION }),
  map: (user: number, taskId: number) => submit(user, taskId, MAPPED),
  findBadImagery: (user: number, taskId: number) => submit(user, taskId, BAD_IMAGERY),
  validate: (user: number, taskId: number) => submit(user, taskId, VALIDATED),
  invalidate: (user: number, taskId: number) => submit(user, taskId, INVALIDATED),
  split: async (user: number, taskId: number) => {
    const { task } = await service.as(user).getTask({ projectId, taskId });
    return service.as(user).splitTask({ projectId, taskId, lockToken: task?.lock?.token ?? 1n });
  },
  undo: async (user: number, taskId: number) => {
    const { task } = await service.as(user).getTask({ projectId, taskId });
    return service.as(user).undoTask({ projectId, taskId, expectedRevision: task?.revision ?? 1n });
  },
  mapAll: () => changeAll(TaskAction.MAP),
  validateAll: () => changeAll(TaskAction.VALIDATE),
  resetAll: () => changeAll(TaskAction.RESET),
};

async function submit(user: number, taskId: number, result: SubmissionResult): Promise<unknown> {
  const { task } = await service.as(user).getTask({ projectId, taskId });
  return service.as(user).submitTask({ projectId, taskId, lockToken: task?.lock?.token ?? 1n, result });
}

async function changeAll(action: TaskAction): Promise<void> {
  const manager = service.as(MANAGER);
  const { acknowledgement } = await manager.batchUpdateTasks({ projectId, action, includeLocked: true });
  const operationId = Number(acknowledgement?.name.split("/").at(-1));
  await until(async () => (await manager.getOperation({ projectId, operationId })).operation?.done === true);
}

const step = fc.record({
  act: fc.constantFrom(...(Object.keys(ACTS) as (keyof typeof ACTS)[])),
  user: fc.integer({ min: 1, max: 3 }),
  taskId: fc.integer({ min: 1, max: TASKS }),
  /** Whether events get their positions before what is asked next. */
  isStamped: fc.boolean(),
});

test("progress and contributors are what a recount finds, after any commands, with positions or without", {
  timeout: 120_000,
}, async () => {
  const property = fc.asyncProperty(fc.array(step, { minLength: 25, maxLength: 25 }), async (steps) => {
    projectId += 1;
    await plant(service.sql, squares(TASKS), projectId);
    let release: (() => Promise<void>) | undefined;
    try {
      for (const { act, user, taskId, isStamped } of steps) {
        if (!isStamped) release ??= await holdHead();
        await ACTS[act](user, taskId).catch((error: unknown) => {
          if (!(error instanceof Refusal)) throw error;
        });
        if (isStamped) {
          await release?.();
          release = undefined;
          await stamped();
        }
        expect(await answered()).toEqual(await recounted());
      }
    } finally {
      await release?.();
    }
  });
  await fc.assert(property, { numRuns: 12, seed: 1 });
});

test("a process that counted before others worked counts what they did", async () => {
  const other = await testService({}, service);
  expect((await answered()).states).toEqual([TASKS, 0, 0, 0, 0, 0]);
  const { token } = await other.as(2).lockTask({ projectId, taskId: 1, purpose: MAPPING });
  expect((await answered()).states).toEqual([TASKS, 0, 0, 0, 0, 1]);
  await other.as(2).submitTask({ projectId, taskId: 1, lockToken: token, result: MAPPED });
  expect(await answered()).toEqual(await recounted());
  await other.store.stop();
});

test("a project whose events are others than they were is counted anew", async () => {
  await stamped();
  await answered();
  await service.sql`delete from task_events where project_id = ${projectId}`;
  await service.sql`update tasks set state = ${TaskState.MAPPED}, mapped_by = 3 where project_id = ${projectId}`;
  expect(await answered()).toEqual(await recounted());
  expect((await answered()).states).toEqual([0, TASKS, 0, 0, 0, 0]);
});

test("a project in which more happened than is read at once is counted anew", async () => {
  await stamped();
  await answered();
  await service.sql`update tasks set state = ${TaskState.MAPPED}, mapped_by = 3 where project_id = ${projectId}`;
  await service.sql`
    insert into task_events (project_id, task_id, revision, kind, actor, event_time, commit_time, from_state, to_state)
    select ${projectId}, 1, 1 + place, 1, 3, now(), now(), ${TaskState.READY}, ${TaskState.MAPPED}
    from generate_series(1, 5001) as place`;
  await stamped();
  expect(await answered()).toEqual(await recounted());
});
