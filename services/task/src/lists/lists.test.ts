import { create, isFieldSet } from "@bufbuild/protobuf";
import { durationOf } from "@tessera/contracts/duration.ts";
import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { SubmissionResult } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { type Task, TaskSchema, TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import {
  TaskAction,
  TaskFilterSchema,
  TaskView,
} from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { boundingBoxOf } from "@tessera/geometry/areas/measure.ts";
import { squareArea } from "@tessera/geometry/grids/tile.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { holdAll } from "../testing/hold-all.ts";
import {
  clear,
  EVERYWHERE,
  lapse,
  plant,
  squares,
  type TestService,
  testService,
  until,
} from "../testing/service.ts";

const [MAPPER, VALIDATOR, MANAGER] = [1, 2, 90];
const { MAPPING, VALIDATION } = LockPurpose;
const STATES = Object.values(TaskState).filter((it) => it !== 0);

let service: TestService;
/** Another process over the same database. */
let replica: TestService;
let runner: { stop(): Promise<void> };

beforeAll(async () => {
  service = await testService();
  replica = await testService({}, service);
  for (const it of [service, replica]) it.allow(MANAGER, { role: ProjectRole.MANAGER });
  runner = service.run();
});
beforeEach(async () => {
  await clear(service.sql);
  service.area.of = EVERYWHERE;
});
afterAll(async () => {
  await runner.stop();
  await replica.end();
  await service.end();
});

/** Waits until all events have a position, which is another version. */
const stamped = () =>
  until(async () => (await service.sql`select from task_events where position is null limit 1`).length === 0);
/** Plants tasks whose version then stays. */
async function planted(count: number): Promise<void> {
  await plant(service.sql, squares(count));
  await stamped();
}
const everything = () => create(TaskFilterSchema, { states: STATES });
const listed = (knownEtag = "", of = service) =>
  of.as(MAPPER).listTasks({ filter: everything(), view: TaskView.WITH_AREA, pageSize: 1_000, knownEtag });

async function streamed(knownEtag = "", of = service) {
  const messages = of.as(MAPPER).streamTasks({ filter: everything(), knownEtag });
  const tasks: Task[] = [];
  let first: { etag?: string; unchanged?: boolean } | undefined;
  for await (const message of messages) {
    first ??= message;
    tasks.push(...((message.tasks ?? []) as Task[]));
  }
  return { tasks, etag: first?.etag ?? "", unchanged: first?.unchanged ?? false };
}
const READERS = { ListTasks: listed, StreamTasks: streamed };

const lock = async (who: number, taskId: number, purpose: LockPurpose = MAPPING) =>
  (await service.as(who).lockTask({ taskId, purpose })).token;
const map = async (taskId: number) =>
  service
    .as(MAPPER)
    .submitTask({ taskId, lockToken: await lock(MAPPER, taskId), result: SubmissionResult.MAPPED });
const done = async (name: string | undefined) => {
  const operationId = Number(name?.split("/").at(-1));
  const isDone = async () =>
    (await service.as(MANAGER).getOperation({ operationId })).operation?.done === true;
  await until(isDone);
};
const revisionOf = async (taskId: number) =>
  (await service.as(MAPPER).getTask({ taskId })).task?.revision as bigint;

const box = boundingBoxOf(squares(2)[1]?.area as NonNullable<Task["area"]>);
/** A point in task 2. */
const MIDDLE = { longitude: (box.west + box.east) / 2, latitude: (box.south + box.north) / 2 };

/** What changes tasks, in an order in which each finds what it needs. */
const CHANGES: [what: string, change: () => Promise<unknown>][] = [
  ["a lock", () => lock(MAPPER, 1)],
  ["a comment", () => service.as(VALIDATOR).createComment({ taskId: 1, text: "a river" })],
  ["an extension", async () => service.as(MAPPER).extendLock({ taskId: 1 })],
  ["a release", () => service.as(MAPPER).releaseLock({ taskId: 1 })],
  ["a hand-in", () => map(2)],
  ["a lock for validation", () => lock(VALIDATOR, 2, VALIDATION)],
  ["the end of all locks", () => service.store.releaseHeld(BigInt(VALIDATOR))],
  [
    "a report",
    () =>
      service
        .as(VALIDATOR)
        .createReport({ ...MIDDLE, projectId: 1, category: "missing", description: "a house" }),
  ],
  ["an undo", async () => service.as(MAPPER).undoTask({ taskId: 2, expectedRevision: await revisionOf(2) })],
  [
    "an assignment",
    () => service.as(MANAGER).assignTask({ taskId: 3, userId: 7n, reservation: durationOf(300) }),
  ],
  ["the end of an assignment", () => service.as(MANAGER).unassignTask({ taskId: 3 })],
  ["a split", async () => service.as(MAPPER).splitTask({ taskId: 4, lockToken: await lock(MAPPER, 4) })],
  [
    "a bulk change",
    async () => {
      const { acknowledgement } = await service.as(MANAGER).batchUpdateTasks({ action: TaskAction.MAP });
      await done(acknowledgement?.name);
    },
  ],
  [
    "a bulk split",
    async () => {
      const filter = create(TaskFilterSchema, { taskIds: [5] });
      await service
        .as(MANAGER)
        .batchUpdateTasks({ action: TaskAction.RESET, filter })
        .then((it) => done(it.acknowledgement?.name));
      const { acknowledgement } = await service
        .as(MANAGER)
        .batchUpdateTasks({ action: TaskAction.SPLIT, filter });
      await done(acknowledgement?.name);
    },
  ],
  [
    "another area",
    async () => {
      service.area.of = squareArea(-179, -80, -178, -79);
      service.area.revision += 1n;
      const { acknowledgement } = await service.as(MANAGER).reconcileTasks({});
      await done(acknowledgement?.name);
    },
  ],
];

describe.each(Object.entries(READERS))("%s", (_, read) => {
  test("is another list right after each change, here and in another process, and the same until the next", async () => {
    await planted(6);
    let before = await read();
    for (const [what, change] of CHANGES) {
      await change();
      const after = await read(before.etag);
      expect(after.unchanged, what).toBe(false);
      expect(after.etag, what).not.toBe(before.etag);
      expect(after.tasks, what).not.toEqual(before.tasks);
      expect((await read(before.etag, replica)).tasks, what).toEqual(after.tasks);
      const shown = await Promise.all(
        after.tasks.map(({ taskId }) => service.as(MAPPER).getTask({ taskId })),
      );
      expect(after.tasks, what).toEqual(shown.map(({ task }) => task));
      // A position in the feed says nothing of the tasks; once all have one, the tag stays.
      await stamped();
      before = await read();
      expect(before.tasks, what).toEqual(after.tasks);
      expect(await read(before.etag), what).toMatchObject({ unchanged: true, etag: before.etag, tasks: [] });
      expect((await read(before.etag, replica)).unchanged, what).toBe(true);
    }
  });

  test("is another list once tasks are made", async () => {
    const before = await read();
    expect(before.tasks).toEqual([]);
    expect(before.etag).not.toBe("");
    service.area.of = squareArea(0, 0, 1, 1);
    const { acknowledgement } = await service.as(MANAGER).createTasks({ zoom: 10 });
    await done(acknowledgement?.name);
    const after = await read(before.etag);
    expect(after.tasks.length).toBeGreaterThan(1);
    expect(after.etag).not.toBe(before.etag);
  });

  test.each([
    ["", true],
    ["and its slot", false],
  ])(
    "is another list at the moment a lock expires %s, before its end is written",
    async (_what, slotStays) => {
      await planted(3);
      await holdAll(service.sql, 8, [2]);
      const before = await read();
      expect(before.tasks.map((task) => task.lock !== undefined)).toEqual([false, true, false]);
      if (slotStays)
        await service.sql`update tasks set lock_expire_time = now() - interval '1 second' where task_id = 2`;
      else await lapse(service.sql, 2);
      const after = await read(before.etag);
      expect(after.tasks.map((task) => [task.lock !== undefined, task.expiredLock !== undefined])).toEqual([
        [false, false],
        [false, true],
        [false, false],
      ]);
      expect(after.tasks[1]?.revision).toBe((before.tasks[1]?.revision ?? 0n) + 1n);
      expect(await read(after.etag)).toMatchObject({ unchanged: true });
    },
  );

  test("is another list at the moment an assignment expires", async () => {
    await planted(2);
    await service.as(MANAGER).assignTask({ taskId: 1, userId: 7n, reservation: durationOf(300) });
    const before = await read();
    expect(before.tasks[0]?.assignment).toBeDefined();
    await service.sql`update tasks set assigned_until = now() - interval '1 second' where task_id = 1`;
    const after = await read(before.etag);
    expect(after.tasks[0]?.assignment).toBeUndefined();
  });

  test("is read once while nothing changes", async () => {
    await planted(3);
    const { listTasks } = service.store;
    let reads = 0;
    service.store.listTasks = (...args) => {
      reads += 1;
      return listTasks(...args);
    };
    const first = await read();
    expect(await read()).toEqual(first);
    service.store.listTasks = listTasks;
    expect(reads).toBe(1);
  });
});

test("a list asked for many times at once is read once", async () => {
  await planted(3);
  const { listTasks } = service.store;
  let reads = 0;
  service.store.listTasks = (...args) => {
    reads += 1;
    return listTasks(...args);
  };
  const lists = await Promise.all(Array.from({ length: 8 }, () => listed()));
  service.store.listTasks = listTasks;
  expect(new Set(lists.map(({ etag }) => etag)).size).toBe(1);
  expect(reads).toBe(1);
});

test("a task carries the fields that are asked for, and no other", async () => {
  await planted(2);
  await holdAll(service.sql, 8, [2]);
  const whole = (await listed()).tasks;
  for (const { name } of TaskSchema.fields) {
    const fields = { paths: [name] };
    const page = await service.as(MAPPER).listTasks({ fields, view: TaskView.ID });
    expect(page.tasks).toHaveLength(2);
    for (const [place, task] of page.tasks.entries()) {
      const set = TaskSchema.fields.filter((field) => isFieldSet(task, field)).map((field) => field.name);
      const expected = TaskSchema.fields.filter(
        (field) => field.name === name && isFieldSet(whole[place] as Task, field),
      );
      expect(set).toEqual(expected.map((field) => field.name));
      for (const { localName } of expected)
        expect(task[localName as keyof Task]).toEqual(whole[place]?.[localName as keyof Task]);
    }
  }
});

test("pages of one list may show other fields, and each has a tag of its own", async () => {
  await planted(5);
  const first = await service.as(MAPPER).listTasks({ pageSize: 2, fields: { paths: ["task_id"] } });
  const next = { pageSize: 2, pageToken: first.nextPageToken };
  const second = await service.as(MAPPER).listTasks({ ...next, fields: { paths: ["task_id", "state"] } });
  expect(second.tasks.map(({ taskId }) => taskId)).toEqual([3, 4]);
  expect(second.etag).not.toBe(first.etag);
  expect((await service.as(MAPPER).listTasks({ ...next, knownEtag: first.etag })).unchanged).toBe(false);
});
