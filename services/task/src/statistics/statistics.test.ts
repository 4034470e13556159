import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import {
  StatisticsGroup,
  StatisticsOrder,
} from "@tessera/contracts/tessera/task/v1/statistics_service_pb.ts";
import { SubmissionResult } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { TaskAction } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { Refusal } from "@tessera/rpc/refusal.ts";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Runner } from "../operations/operation-runner.ts";
import { plant, squares, type TestService, testService, until } from "../testing/service.ts";
import { recount } from "./recount-store.ts";

const { MAPPING, VALIDATION } = LockPurpose;
const { PERSON, DAY, UNSPECIFIED: SUM } = StatisticsGroup;
const TASKS = 5;
const MANAGER = 4;
const PEOPLE = [1, 2, 3];

let service: TestService;
let runner: Runner;
let projectId = 0;

beforeAll(async () => {
  service = await testService();
  service.allow(MANAGER, { role: ProjectRole.MANAGER });
  runner = service.run();
});

afterAll(async () => {
  await runner.stop();
  await service.end();
});

async function stamped(): Promise<void> {
  await until(async () => {
    await service.sql`select stamp_task_events(2000)`;
    return (await service.sql`select from task_events where position is null`).length === 0;
  });
}

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

/** What people and managers do; much of it is refused. */
const ACTS = {
  lock: (user: number, taskId: number) => service.as(user).lockTask({ projectId, taskId, purpose: MAPPING }),
  review: (user: number, taskId: number) =>
    service.as(user).lockTask({ projectId, taskId, purpose: VALIDATION }),
  map: (user: number, taskId: number) => submit(user, taskId, SubmissionResult.MAPPED),
  findBadImagery: (user: number, taskId: number) => submit(user, taskId, SubmissionResult.BAD_IMAGERY),
  validate: (user: number, taskId: number) => submit(user, taskId, SubmissionResult.VALIDATED),
  invalidate: (user: number, taskId: number) => submit(user, taskId, SubmissionResult.INVALIDATED),
  split: async (user: number, taskId: number) => {
    const { task } = await service.as(user).getTask({ projectId, taskId });
    return service.as(user).splitTask({ projectId, taskId, lockToken: task?.lock?.token ?? 1n });
  },
  undo: async (user: number, taskId: number) => {
    const { task } = await service.as(user).getTask({ projectId, taskId });
    return service.as(user).undoTask({ projectId, taskId, expectedRevision: task?.revision ?? 1n });
  },
  force: (_: number, taskId: number) => service.as(MANAGER).releaseLock({ projectId, taskId }),
  mapAll: () => changeAll(TaskAction.MAP),
  invalidateAll: () => changeAll(TaskAction.INVALIDATE),
  resetAll: () => changeAll(TaskAction.RESET),
};

/** What each person did, as the service says. */
async function answered() {
  const { statistics } = await service.as(1).listStatistics({ projectId, group: PERSON });
  return statistics.map((it) => [
    Number(it.userId),
    it.mappedCount,
    it.badImageryCount,
    it.validatedCount,
    it.invalidatedCount,
    it.sentBackCount,
  ]);
}

/** The same from the submissions, and from the states that each task went through. */
async function recounted() {
  const work = await service.sql<{ user: number; outcome: SubmissionResult }[]>`
    select user_id::integer as user, outcome from submissions where project_id = ${projectId}`;
  const turns = await service.sql<
    { state: TaskState; from: TaskState; kind: TaskEventKind; mapper: number }[]
  >`
    select to_state as state, from_state as from, kind, before_mapped_by::integer as mapper
    from task_events where project_id = ${projectId}`;
  const back = turns.filter(
    (it) =>
      it.state === TaskState.INVALIDATED &&
      it.from !== TaskState.INVALIDATED &&
      it.kind !== TaskEventKind.UNDONE,
  );
  return [...PEOPLE, MANAGER]
    .map((user) => {
      const of = (outcome: SubmissionResult) =>
        work.filter((it) => it.user === user && it.outcome === outcome).length;
      return [user, of(1), of(2), of(3), of(4), back.filter(({ mapper }) => mapper === user).length];
    })
    .filter((figures) => figures.slice(1).some((it) => it > 0));
}

const step = fc.record({
  act: fc.constantFrom(...(Object.keys(ACTS) as (keyof typeof ACTS)[])),
  user: fc.constantFrom(...PEOPLE),
  taskId: fc.integer({ min: 1, max: TASKS }),
  /** Whether events get their positions and are rolled up before what is asked next. */
  isRolled: fc.boolean(),
});

test("statistics are what a recount finds after any commands, rolled up or not", {
  timeout: 120_000,
}, async () => {
  const property = fc.asyncProperty(fc.array(step, { minLength: 25, maxLength: 25 }), async (steps) => {
    projectId += 1;
    await plant(service.sql, squares(TASKS), projectId);
    for (const { act, user, taskId, isRolled } of steps) {
      await ACTS[act](user, taskId).catch((error: unknown) => {
        if (!(error instanceof Refusal)) throw error;
      });
      if (isRolled) {
        await stamped();
        // Two replicas at once: each event counts once.
        await Promise.all([service.store.rollUp(), service.store.rollUp()]);
      }
      const some = (await answered()).filter((figures) => figures.slice(1).some((it) => Number(it) > 0));
      expect(some).toEqual(await recounted());
      const { progress } = await service.as(1).getProgress({ projectId });
      const past = await service.as(1).getPastProgress({
        projectId,
        time: timestampFromDate(new Date(Date.now() + 60_000)),
      });
      expect(past.progress).toMatchObject({
        taskCount: progress?.taskCount,
        readyCount: progress?.readyCount,
        mappedCount: progress?.mappedCount,
        validatedCount: progress?.validatedCount,
        invalidatedCount: progress?.invalidatedCount,
        badImageryCount: progress?.badImageryCount,
      });
    }
    await stamped();
    await service.store.rollUp();
    expect(await recount(service.sql)).toEqual({ differences: 0, listed: [] });
  });
  await fc.assert(property, { numRuns: 3, seed: 1 });
});

test("a recount names what differs, and mends it", async () => {
  await stamped();
  await service.store.rollUp();
  await service.sql`update statistics_days set mapped = mapped + 1
    where (project_id, user_id, day) in (select project_id, user_id, day from statistics_days where mapped > 0 limit 1)`;
  const { differences, listed } = await recount(service.sql);
  expect(differences).toBe(1);
  expect(listed[0]).toMatchObject({ table: "statistics_days" });
  await recount(service.sql, { mend: true });
  expect((await recount(service.sql)).differences).toBe(0);
});

test("a snapshot is what stood at its moment, on days that are rolled up and within one", async () => {
  projectId += 1;
  await plant(service.sql, squares(TASKS), projectId);
  await service.sql`update task_events set commit_time = '2026-03-01T10:00Z', event_time = '2026-03-01T10:00Z'
    where project_id = ${projectId}`;
  await service.sql`
    insert into task_events (project_id, task_id, revision, kind, actor, event_time, commit_time, from_state, to_state)
    select ${projectId}, place, 2, ${TaskEventKind.SUBMITTED}, 1, t, t, ${TaskState.READY}, ${TaskState.MAPPED}
    from generate_series(1, 3) as place cross join lateral (select '2026-03-01T11:00Z'::timestamptz + place * interval '12 hours') as at (t)`;
  await stamped();
  await service.store.rollUp();
  const mappedAt = async (time: string) => {
    const at = timestampFromDate(new Date(time));
    const { progress } = await service.as(1).getPastProgress({ projectId, time: at });
    return [progress?.taskCount, progress?.mappedCount];
  };
  expect(await mappedAt("2026-03-01T09:59:59Z")).toEqual([0, 0]);
  expect(await mappedAt("2026-03-01T10:00:00Z")).toEqual([TASKS, 0]);
  expect(await mappedAt("2026-03-01T23:00:00Z")).toEqual([TASKS, 1]);
  expect(await mappedAt("2026-03-02T10:59:59Z")).toEqual([TASKS, 1]);
  expect(await mappedAt("2026-03-02T11:00:00Z")).toEqual([TASKS, 2]);
  expect(await mappedAt("2026-04-01T00:00:00Z")).toEqual([TASKS, 3]);
  const { statistics } = await service.as(1).listStatistics({ projectId, group: DAY });
  expect(statistics.map((it) => [it.date, it.mappedCount])).toEqual([
    ["2026-03-01", 1],
    ["2026-03-02", 2],
  ]);
  const march = { projectId, group: SUM, fromDate: "2026-03-02", toDate: "2026-03-02" };
  expect((await service.as(1).listStatistics(march)).statistics).toMatchObject([
    { mappedCount: 2, userCount: 1 },
  ]);
});

test("leaders are paged in a stable order, and nobody sees figures of a hidden project", async () => {
  projectId += 1;
  const hidden = projectId;
  await service.sql`insert into statistics_days
    select project_id, user_id, '2020-01-01', mapped, 0, 0, 0, 0, 0, 60000, 0
    from (values (${hidden}::integer, 50, 9), (${hidden + 1}::integer, 51, 3), (${hidden + 1}::integer, 52, 3), (${hidden + 1}::integer, 53, 5))
      as it (project_id, user_id, mapped)`;
  projectId += 1;
  service.hide(2, hidden);
  const period = { fromDate: "2020-01-01", toDate: "2020-01-31", projectId: undefined };
  const leaders = { ...period, group: PERSON, order: StatisticsOrder.MAPPED, pageSize: 2 };
  const pages: number[][] = [];
  for (let pageToken = "", isLast = false; !isLast; ) {
    const page = await service.as(2).listStatistics({ ...leaders, pageToken });
    pages.push(page.statistics.map(({ userId }) => Number(userId)));
    pageToken = page.nextPageToken;
    isLast = pageToken === "";
  }
  expect(pages).toEqual([[53, 51], [52]]);
  const sum = { ...period, group: SUM };
  expect((await service.as(2).listStatistics(sum)).statistics).toMatchObject([
    { mappedCount: 11, mappingSeconds: 180n, userCount: 3, projectCount: 1 },
  ]);
  expect((await service.as(3).listStatistics(sum)).statistics).toMatchObject([
    { mappedCount: 20, userCount: 4 },
  ]);
  await service.sql`delete from statistics_days where day = '2020-01-01'`;
});

test("somebody sees what they submitted, and what of it was sent back, but not in hidden projects", async () => {
  const [mapper, validator] = [61, 62];
  for (const _ of [1, 2]) {
    projectId += 1;
    await plant(service.sql, squares(1), projectId);
    await service.as(mapper).lockTask({ projectId, taskId: 1, purpose: MAPPING });
    await submit(mapper, 1, SubmissionResult.MAPPED);
    await service.as(validator).lockTask({ projectId, taskId: 1, purpose: VALIDATION });
    await submit(validator, 1, SubmissionResult.INVALIDATED);
  }
  const own = async () => {
    const { submissions } = await service.as(mapper).listOwnSubmissions({});
    const { sentBack } = await service.as(mapper).listSentBack({});
    return [submissions.map((it) => it.projectId), sentBack.map((it) => it.projectId)];
  };
  expect(await own()).toEqual([
    [projectId, projectId - 1],
    [projectId, projectId - 1],
  ]);
  const { sentBack, nextPageToken } = await service.as(mapper).listSentBack({ pageSize: 1 });
  expect(sentBack).toMatchObject([{ projectId, taskId: 1, sentBackByUserId: 62n, isOpen: true }]);
  const next = await service.as(mapper).listSentBack({ pageSize: 1, pageToken: nextPageToken });
  expect(next).toMatchObject({ sentBack: [{ projectId: projectId - 1 }], nextPageToken: "" });
  service.hide(mapper, projectId);
  expect(await own()).toEqual([[projectId - 1], [projectId - 1]]);
});

test("what was sent back is open until the task is mapped again, also if it is invalidated twice", async () => {
  const [mapper, validator] = [63, 64];
  projectId += 1;
  await plant(service.sql, squares(1), projectId);
  const hand = async (who: number, purpose: LockPurpose, result: SubmissionResult) => {
    await service.as(who).lockTask({ projectId, taskId: 1, purpose });
    await submit(who, 1, result);
    return (await service.as(mapper).listSentBack({})).sentBack.map(({ isOpen }) => isOpen);
  };
  const { MAPPED, INVALIDATED } = SubmissionResult;
  expect(await hand(mapper, MAPPING, MAPPED)).toEqual([]);
  expect(await hand(validator, VALIDATION, INVALIDATED)).toEqual([true]);
  expect(await hand(validator, VALIDATION, INVALIDATED)).toEqual([true]);
  expect(await hand(mapper, MAPPING, MAPPED)).toEqual([false]);
  expect(await hand(validator, VALIDATION, INVALIDATED)).toEqual([true, false]);
});
