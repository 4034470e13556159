import { timestampDate, timestampFromDate } from "@bufbuild/protobuf/wkt";
import { durationOf } from "@tessera/contracts/duration.ts";
import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { ClaimOrder } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import { SubmissionResult } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { type TaskEvent, TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { boundingBoxOf } from "@tessera/geometry/areas/measure.ts";
import type { GridTask } from "@tessera/geometry/grids/grid.ts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { sweeper } from "../locks/sweeper.ts";
import { isPublished } from "../testing/published.ts";
import {
  clear,
  LOG,
  lapse,
  plant,
  reasonOf,
  squares,
  type TestService,
  testService,
  until,
} from "../testing/service.ts";

const { MAPPING: purpose } = LockPurpose;
const MANAGER = 90;
const HELD_BACK = 2_500;

let service: TestService;

beforeAll(async () => {
  service = await testService();
  service.allow(MANAGER, { role: ProjectRole.MANAGER });
});

afterAll(() => service.end());

beforeEach(async () => {
  await clear(service.sql);
  for (const projectId of [1, 2, 3]) await plant(service.sql, squares(9), projectId);
  await until(allStamped);
});

const allStamped = () => isPublished(service.sql);

const lock = (who: number, taskId: number, projectId = 1) =>
  service.as(who).lockTask({ projectId, taskId, purpose });

/** Claims as a user the task nearest to the middle of one of the planted squares. */
const claimNear = (who: number, taskId: number) => {
  const { west, south, east, north } = boundingBoxOf((squares(9)[taskId - 1] as GridTask).area);
  const point = { longitude: (west + east) / 2, latitude: (south + north) / 2 };
  return service.as(who).claimTask({ purpose, order: ClaimOrder.NEAREST, ...point });
};

/** Follows the feed as a user; `seen` grows, and `position` is where to resume. */
function follow(who: number, request: object) {
  const leave = new AbortController();
  const seen: TaskEvent[] = [];
  const following = { seen, position: "", stop: async () => {} };
  const stream = service.as(who, undefined, leave.signal).watchTaskEvents(request)[Symbol.asyncIterator]();
  const begun = stream.next().then(({ value }) => {
    following.position = value.position;
  });
  const reading = begun.then(async () => {
    for (let next = await stream.next(); !next.done; next = await stream.next()) {
      seen.push(next.value.event as TaskEvent);
      following.position = next.value.position;
    }
  });
  following.stop = async () => {
    leave.abort();
    await reading;
  };
  return { following, begun, reading };
}

const summary = ({ projectId, taskId, kind }: TaskEvent) => {
  const name = Object.entries(TaskEventKind).find(([, value]) => value === kind)?.[0];
  return `${projectId}/${taskId} ${name}`;
};

test("a follower of one person gets what that person did, and what happened to their locks and reservations", async () => {
  await lock(5, 1);
  await service.as(6).createComment({ taskId: 1, text: "by another, on his task" });
  await service.as(MANAGER).releaseLock({ taskId: 1, force: true });
  await service.as(MANAGER).assignTask({ taskId: 2, userId: 5n, reservation: durationOf(300) });
  await lock(6, 3);
  await service.as(5).createComment({ taskId: 3, text: "by him, on another's task" });
  await service.as(MANAGER).unassignTask({ taskId: 2 });
  await lock(5, 4, 2);
  await lapse(service.sql, 4, 2);
  await service.store.expireLocks(await service.store.lapsedSlots());
  const expected = [
    "1/1 LOCKED",
    "1/1 LOCK_FORCED",
    "1/2 ASSIGNED",
    "1/3 COMMENTED",
    "1/2 UNASSIGNED",
    "2/4 LOCKED",
    "2/4 LOCK_EXPIRED",
  ];
  const { following } = follow(1, { projectId: undefined, userId: 5n, fromStart: true });
  await expect.poll(() => following.seen.map(summary)).toEqual(expected);
  // What is new is chosen by the same rule as what is read again.
  await lock(7, 5);
  await service.as(5).createComment({ taskId: 5, text: "again" });
  await expect.poll(() => following.seen.map(summary)).toEqual([...expected, "1/5 COMMENTED"]);
  await following.stop();
});

test("a follower of all projects gets the events of those that they may see, and of no other", async () => {
  service.hide(11, 2);
  const { following, begun } = follow(11, { projectId: undefined });
  await begun;
  for (const projectId of [1, 2, 3]) await lock(20 + projectId, 1, projectId);
  await expect.poll(() => following.seen.map(summary)).toEqual(["1/1 LOCKED", "3/1 LOCKED"]);
  await following.stop();
  const past = follow(11, { projectId: undefined, fromStart: true });
  await expect.poll(() => past.following.seen.at(-1)).toMatchObject({ projectId: 3, taskId: 1 });
  expect(past.following.seen.filter(({ projectId }) => projectId === 2)).toEqual([]);
  await past.following.stop();
  expect(await reasonOf(service.as(11).getTask({ projectId: 2, taskId: 1 }))).toContain("not_found");
});

test("a stream of a project ends with PROJECT_NOT_FOUND when its reader may no longer see the project", async () => {
  const { following, begun, reading } = follow(12, { projectId: 1 });
  await begun;
  await lock(1, 1);
  await expect.poll(() => following.seen).toHaveLength(1);
  service.hide(12, 1);
  await lock(2, 2);
  expect(await reasonOf(reading)).toContain("There is no such project");
  expect(following.seen).toHaveLength(1);
});

test("a stream without events is silent, begins and ends as one with them", async () => {
  const { following, begun, reading } = follow(13, { projectId: 1, withoutEvents: true, fromStart: true });
  const other = follow(14, { projectId: 1 });
  await Promise.all([begun, other.begun]);
  await lock(1, 1);
  await expect.poll(() => other.following.seen).toHaveLength(1);
  service.hide(13, 1);
  expect(await reasonOf(reading)).toContain("There is no such project");
  expect(following.seen).toEqual([]);
  expect(await reasonOf(follow(13, { projectId: 1, withoutEvents: true }).reading)).toContain(
    "no such project",
  );
  await other.following.stop();
});

test("a follower from a time gets all that was committed then or later, also what was stamped early", async () => {
  const at = (minute: number, second = 0) => new Date(Date.UTC(2026, 0, 1, 12, minute, second));
  await service.sql`truncate task_events`;
  const head = await service.store.events.head();
  // Task 3 committed a second before task 2, and got its position after it.
  const rows = [at(0), at(10, 1), at(10, 0), at(20)];
  for (const [index, time] of rows.entries()) {
    await service.sql`
      insert into task_events (project_id, task_id, revision, kind, actor, event_time, commit_time, position)
      values (1, ${index + 1}, 2, 2, 1, ${time}, ${time}, ${head + BigInt(index) + 1n})`;
  }
  await service.sql`update feed_head set position = position + 4`;
  const from = async (time: Date) => {
    const { following } = follow(1, { projectId: 1, fromTime: timestampFromDate(time) });
    await expect.poll(() => following.seen.at(-1)?.taskId).toBe(4);
    await following.stop();
    return following.seen.map(({ taskId }) => taskId);
  };
  expect(await from(at(0))).toEqual([1, 2, 3, 4]);
  expect(await from(at(5))).toEqual([2, 3, 4]);
  expect(await from(at(10, 0))).toEqual([2, 3, 4]);
  expect(await from(at(10, 1))).toEqual([2, 3, 4]);
  expect(await from(at(15))).toEqual([4]);
  const { following, begun } = follow(1, { projectId: 1, fromTime: timestampFromDate(at(30)) });
  await begun;
  await lock(1, 9);
  await expect.poll(() => following.seen.map(({ kind }) => kind)).toEqual([TaskEventKind.LOCKED]);
  await following.stop();
});

test("a slow reader is dropped, and resumes at the given position without loss", async () => {
  const stream = service.as(1).watchTaskEvents({ projectId: 1 })[Symbol.asyncIterator]();
  await stream.next();
  const joined = stream.next();
  await service.as(1).createComment({ taskId: 1, text: "the reader has joined" });
  await joined;
  await service.sql`
    insert into task_events (project_id, task_id, revision, kind, actor, event_time, commit_time)
    select 1, 2, id + 1, ${TaskEventKind.COMMENTED}, 1, now(), clock_timestamp() from generate_series(1, ${HELD_BACK}) as id`;
  await until(allStamped);
  // Another who follows has all, so the one reader of this process has read all.
  const { following } = follow(2, { projectId: 1, fromStart: true });
  await until(() => following.seen.length > HELD_BACK);
  await following.stop();
  const revisions: bigint[] = [];
  let last: { dropped?: boolean; position?: string } = {};
  for (let next = await stream.next(); !next.done; next = await stream.next()) {
    last = next.value;
    if (next.value.event) revisions.push(next.value.event.revision as bigint);
  }
  expect(last.dropped).toBe(true);
  const before = revisions.length;
  expect(before).toBeLessThan(HELD_BACK);
  const { following: resumed } = follow(1, { projectId: 1, position: last.position });
  await until(() => resumed.seen.length >= HELD_BACK - before);
  await resumed.stop();
  const all = [...revisions, ...resumed.seen.map(({ revision }) => revision)];
  expect(all).toEqual(Array.from({ length: HELD_BACK }, (_, index) => BigInt(index) + 2n));
});

test("a reader that stops anywhere and resumes there gets every event once, in order", async () => {
  const work = (async () => {
    for (let taskId = 1; taskId <= 9; taskId++) {
      const { token: lockToken } = await lock(taskId, taskId);
      await service.as(taskId).submitTask({ taskId, lockToken, result: SubmissionResult.MAPPED });
    }
  })();
  const seen: string[] = [];
  let position = "";
  while (seen.length < 19) {
    const request = position === "" ? { fromStart: true } : { position };
    const { following } = follow(1, { projectId: 1, ...request });
    const wanted = Math.min(19, seen.length + 3);
    await until(() => seen.length + following.seen.length >= wanted);
    await following.stop();
    seen.push(...following.seen.map(({ taskId = 0, revision }) => `${taskId}/${revision}`));
    position = following.position;
  }
  await work;
  const expected = Array.from({ length: 9 }, (_, index) => [`${index + 1}/2`, `${index + 1}/3`]).flat();
  expect(seen).toEqual(["0/1", ...expected]);
});

test("the sweeper publishes the expiry of a lock once, with its time", async () => {
  const { following, begun } = follow(1, { projectId: 1 });
  await begun;
  await lock(5, 1);
  await lapse(service.sql, 1);
  const [row] = await service.sql<{ at: Date }[]>`select expire_time as at from lock_slots`;
  const sweeping = [sweeper(service.store, LOG), sweeper(service.store, LOG)];
  await expect.poll(() => following.seen.map(summary)).toEqual(["1/1 LOCKED", "1/1 LOCK_EXPIRED"]);
  await Promise.all(sweeping.map((it) => it.stop()));
  const ended = following.seen[1];
  expect(ended?.actorUserId).toBeUndefined();
  expect(ended).toMatchObject({ lock: { holderUserId: 5n, purpose } });
  expect(ended?.eventTime && timestampDate(ended.eventTime)).toEqual(row?.at);
  expect(await service.sql`select from lock_slots`).toHaveLength(0);
  expect(await service.sql`select from task_events where kind = 5`).toHaveLength(1);
  await following.stop();
});

test("the end of a person's lock is written down before the next lock takes its slot", async () => {
  const { sql } = service;
  const takes = [
    [2, () => lock(5, 2)],
    [3, () => service.as(5).lockTasks({ taskIds: [3], purpose })],
    [4, () => claimNear(5, 4)],
  ] as const;
  for (const [next, take] of takes) {
    await lock(5, 1);
    await lapse(sql, 1);
    await take();
    const { events } = await service.as(1).listTaskEvents({ taskId: 1 });
    expect(events.at(-1)).toMatchObject({ kind: TaskEventKind.LOCK_EXPIRED, lock: { holderUserId: 5n } });
    expect(await sql`select task_id from lock_slots where holder = 5`).toEqual([{ task_id: next }]);
    await service.as(5).releaseLock({ taskId: next });
  }
});

test("a lock on the task of a person's own expired lock comes after the end of that", async () => {
  for (const take of [() => lock(5, 1), () => claimNear(5, 1)]) {
    await lock(5, 1);
    await lapse(service.sql, 1);
    await take();
    const { events } = await service.as(1).listTaskEvents({ taskId: 1 });
    expect(events.slice(-3).map(({ kind }) => kind)).toEqual([
      TaskEventKind.LOCKED,
      TaskEventKind.LOCK_EXPIRED,
      TaskEventKind.LOCKED,
    ]);
    await service.as(5).releaseLock({ taskId: 1 });
  }
});
