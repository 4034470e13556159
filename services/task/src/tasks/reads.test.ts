import { create, isFieldSet } from "@bufbuild/protobuf";
import { type Timestamp, timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { SubmissionResult } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { type Task, TaskSchema, TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { TaskFilterSchema, TaskView } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { boundingBoxOf } from "@tessera/geometry/areas/measure.ts";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { progressOf } from "../progress/progress.ts";
import { holdAll } from "../testing/hold-all.ts";
import { matches } from "../testing/matches.ts";
import { isPublished } from "../testing/published.ts";
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

const MANAGER = 90;
const TASKS = 300;
const HOLDERS = { 5: [7, 8, 60, 250], 6: [9, 61] };
const LAPSED = 250;
const RUNS = { numRuns: 150 };

let service: TestService;

beforeAll(async () => {
  service = await testService();
  service.allow(MANAGER, { role: ProjectRole.MANAGER });
});

afterAll(() => service.end());

const reader = () => service.as(1);

/** All pages of a list, read in pages of a size. */
async function listed(request: object, pageSize = 1_000): Promise<Task[]> {
  const all: Task[] = [];
  let pageToken = "";
  do {
    const page = await reader().listTasks({ ...request, pageSize, pageToken });
    expect(page.tasks.length).toBeLessThanOrEqual(pageSize);
    all.push(...page.tasks);
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  return all;
}

describe("in a project with tasks of every kind", () => {
  let tasks: Task[];

  beforeAll(async () => {
    await clear(service.sql);
    await plant(service.sql, squares(TASKS, 20));
    await service.sql`update tasks set state = 1 + task_id % 6, mapped_by = task_id % 4, validated_by = task_id % 3,
      priority = task_id % 5, update_time = now() - interval '1 hour' + task_id * interval '1.5 milliseconds'`;
    for (const [holder, ids] of Object.entries(HOLDERS)) await holdAll(service.sql, Number(holder), ids);
    await lapse(service.sql, LAPSED);
    const states = Object.values(TaskState).filter((it) => it !== 0);
    tasks = await listed({ filter: { states }, view: TaskView.WITH_AREA });
  });

  /** The fields of a task that are not absent. */
  const carried = (task: Task) =>
    Object.fromEntries(
      TaskSchema.fields
        .filter((field) => isFieldSet(task, field))
        .map(({ localName }) => [localName, task[localName as keyof Task]]),
    );

  // Edges of boxes lie on edges of tasks, so that "touching" is put to the test.
  const edge = fc.tuple(fc.nat(TASKS - 1), fc.constantFrom(-0.001, 0, 0.001));
  const box = fc.tuple(edge, edge).map(([[a, da], [b, db]]) => {
    const [one, two] = [a, b].map((index) => boundingBoxOf(tasks[index]?.area as NonNullable<Task["area"]>));
    if (one === undefined || two === undefined) throw new Error("no such task");
    const [west = 0, east = 0] = [one.east + da, two.west + db].sort((x, y) => x - y);
    const [south = 0, north = 0] = [one.north + da, two.south + db].sort((x, y) => x - y);
    return { west, south, east, north };
  });
  const person = (...ids: number[]) => fc.constantFrom(undefined, ...ids.map(BigInt));
  // Times are those of tasks, so that both ends are put to the test.
  const time = fc
    .tuple(fc.nat(TASKS - 1), fc.constantFrom(0, 1))
    .map(([index, later]) => timestampFromMs(timestampMs(tasks[index]?.updateTime as Timestamp) + later));
  const filters = fc.record(
    {
      states: fc.uniqueArray(fc.constantFrom(...Object.values(TaskState).filter((it) => it !== 0))),
      taskIds: fc.uniqueArray(fc.integer({ min: 1, max: TASKS + 20 }), { maxLength: 200 }),
      boundingBox: box,
      mappedByUserId: person(1, 2, 3, 4),
      validatedByUserId: person(1, 2),
      holderUserId: person(5, 6, 7),
      priority: fc.constantFrom(0, 3, 50),
      updatedAfterTime: time,
      updatedBeforeTime: time,
    },
    { requiredKeys: [] },
  );

  test("a list with a filter holds what the filter says and nothing else, in pages of any size", async () => {
    await fc.assert(
      fc.asyncProperty(filters, fc.constantFrom(1, 3, 100, 1_000), async (init, pageSize) => {
        const filter = create(TaskFilterSchema, init as never);
        const expected = tasks.filter((task) => matches(task, filter)).map(({ taskId }) => taskId);
        const size = expected.length > 30 ? Math.max(pageSize, 30) : pageSize;
        const found = await listed({ filter, view: TaskView.ID }, size);
        expect(found.map(({ taskId }) => taskId)).toEqual(expected);
        const counted = await reader().listTasks({ filter, pageSize: 1, withTotal: true });
        expect(counted.taskCount).toBe(expected.length);
      }),
      RUNS,
    );
  });

  test("a stream with a filter sends the same tasks as a list, with their areas", async () => {
    for (const filter of [undefined, { states: [TaskState.MAPPED] }, { holderUserId: 5n }]) {
      const sent: Task[] = [];
      for await (const message of reader().streamTasks({ ...(filter && { filter }) })) {
        sent.push(...((message as { tasks: Task[] }).tasks ?? []));
      }
      expect(sent).toEqual(await listed({ ...(filter && { filter }), view: TaskView.WITH_AREA }));
    }
  });

  test("a view selects the fields of each task: its id, all but the area, or all", async () => {
    const filter = { taskIds: [7, 8] };
    const [ids, without, whole] = await Promise.all(
      [TaskView.ID, TaskView.WITHOUT_AREA, TaskView.WITH_AREA].map((view) => listed({ filter, view })),
    );
    expect(without).toEqual(await listed({ filter }));
    expect(whole?.every(({ area }) => area !== undefined)).toBe(true);
    expect(without).toEqual(whole?.map(({ area: _, ...rest }) => expect.objectContaining(rest)));
    expect(without?.every(({ area, tile }) => area === undefined && tile !== undefined)).toBe(true);
    expect(ids?.map(carried)).toEqual([
      { projectId: 1, taskId: 7 },
      { projectId: 1, taskId: 8 },
    ]);
    // Ids are absent where nobody did it, messages where there is nothing.
    const always = TaskSchema.fields.filter(
      (it) => it.fieldKind !== "message" && !/_user_id|^parent|^state_r/.test(it.name),
    );
    for (const task of [...(without ?? []), ...(whole ?? [])]) {
      expect(always.filter((field) => !isFieldSet(task, field)).map(({ name }) => name)).toEqual([]);
    }
  });

  test("a stream of numbers carries nothing else either", async () => {
    const sent: Task[] = [];
    for await (const message of reader().streamTasks({ filter: { taskIds: [7, 8] }, view: TaskView.ID })) {
      sent.push(...((message as { tasks: Task[] }).tasks ?? []));
    }
    expect(sent.map(carried)).toEqual([
      { projectId: 1, taskId: 7 },
      { projectId: 1, taskId: 8 },
    ]);
  });

  test("a page token of one list is none of another, and a position that was never given is refused", async () => {
    const { nextPageToken: pageToken } = await reader().listTasks({ pageSize: 5 });
    const filter = { states: [TaskState.READY] };
    expect(await reasonOf(reader().listTasks({ pageSize: 5, pageToken, filter }))).toBe("PAGE_TOKEN_INVALID");
    expect(await reasonOf(reader().listTasks({ changedSince: "pzzzzzzzzz" }))).toBe("POSITION_INVALID");
    expect(await reasonOf(reader().listTasks({ changedSince: "nonsense" }))).toBe("POSITION_INVALID");
  });
});

describe("what changed since a position", () => {
  const lock = (who: number, taskId: number) =>
    service.as(who).lockTask({ taskId, purpose: LockPurpose.MAPPING });
  const allStamped = () => isPublished(service.sql);
  /** A copy of a project's tasks as somebody keeps it, who asks now and then what changed. */
  async function synchronize(copy: Map<number, Task>, changedSince: string): Promise<string> {
    const first = await reader().listTasks({ changedSince, pageSize: 7 });
    for (const task of await listed({ changedSince }, 7)) copy.set(task.taskId, task);
    return first.position;
  }
  const everything = async () =>
    listed({ filter: { states: Object.values(TaskState).filter((it) => it !== 0) } });

  test("a copy that asks from position to position is in the end what the tasks are, splits included", async () => {
    await clear(service.sql);
    await plant(service.sql, squares(40));
    await until(allStamped);
    const copy = new Map<number, Task>();
    let position = (await reader().listTasks({})).position;
    for (const task of await everything()) copy.set(task.taskId, task);
    const work = Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const [who, taskId] = [index + 1, 2 * index + 1];
        const { token: lockToken } = await lock(who, taskId);
        if (index % 3 === 0) await service.as(who).splitTask({ taskId, lockToken });
        if (index % 3 === 1)
          await service.as(who).submitTask({ taskId, lockToken, result: SubmissionResult.MAPPED });
      }),
    );
    for (let times = 0; times < 10; times++) position = await synchronize(copy, position);
    await work;
    await until(allStamped);
    position = await synchronize(copy, position);
    expect([...copy.values()].sort((a, b) => a.taskId - b.taskId)).toEqual(await everything());
    expect((await reader().listTasks({ changedSince: position })).tasks).toEqual([]);
  });

  test("what happens while a page is read is found from the position that the page came with", async () => {
    await clear(service.sql);
    await plant(service.sql, squares(3));
    await until(allStamped);
    const { listTasks } = service.store;
    service.store.listTasks = async (...args) => {
      const read = await listTasks(...args);
      service.store.listTasks = listTasks;
      await lock(1, 2);
      await until(allStamped);
      return read;
    };
    const { tasks, position } = await reader().listTasks({});
    expect(tasks.map(({ lock: held }) => held)).toEqual([undefined, undefined, undefined]);
    expect(await listed({ changedSince: position })).toMatchObject([
      { taskId: 2, lock: { holderUserId: 1n } },
    ]);
  });

  test("a reader from before the tasks existed gets all when they are made", async () => {
    await clear(service.sql);
    const { tasks, position } = await reader().listTasks({});
    expect(tasks).toEqual([]);
    await plant(service.sql, squares(9));
    await until(allStamped);
    expect(await listed({ changedSince: position }, 4)).toEqual(await listed({}));
    const { token: lockToken } = await lock(1, 3);
    await service.as(1).splitTask({ taskId: 3, lockToken });
    await until(allStamped);
    expect(await listed({ changedSince: position }, 4)).toEqual(await everything());
    expect(await listed({ changedSince: position, filter: { taskIds: [3, 4] } })).toHaveLength(2);
    const after = (await reader().listTasks({})).position;
    expect(await listed({ changedSince: after })).toEqual([]);
  });
});

test("progress is what counting the tasks one by one says, after splits, undo and bad imagery", async () => {
  await clear(service.sql);
  await plant(service.sql, squares(12));
  const { MAPPED, BAD_IMAGERY, VALIDATED, INVALIDATED } = SubmissionResult;
  const work = async (who: number, taskId: number, purpose: LockPurpose, result: SubmissionResult) => {
    const { token: lockToken } = await service.as(who).lockTask({ taskId, purpose });
    await service.as(who).submitTask({ taskId, lockToken, result });
  };
  for (const taskId of [1, 2, 3, 4, 5, 6])
    await work(2, taskId, LockPurpose.MAPPING, taskId === 6 ? BAD_IMAGERY : MAPPED);
  for (const taskId of [1, 2, 3])
    await work(3, taskId, LockPurpose.VALIDATION, taskId === 3 ? INVALIDATED : VALIDATED);
  for (const taskId of [7, 8]) {
    const { token: lockToken } = await service.as(taskId).lockTask({ taskId, purpose: LockPurpose.MAPPING });
    await service.as(taskId).splitTask({ taskId, lockToken });
  }
  for (const taskId of [2, 3, 6]) {
    const expectedRevision = (await reader().getTask({ taskId })).task?.revision as bigint;
    await reader().undoTask({ taskId, expectedRevision });
  }
  await service.as(4).lockTask({ taskId: 9, purpose: LockPurpose.MAPPING });
  const { progress } = await reader().getProgress({});
  const now = await listed({});
  const of = (state: TaskState) => now.filter((task) => task.state === state).length;
  const counts = {
    ready: of(TaskState.READY),
    mapped: of(TaskState.MAPPED),
    validated: of(TaskState.VALIDATED),
    invalidated: of(TaskState.INVALIDATED),
    badImagery: of(TaskState.BAD_IMAGERY),
    withdrawn: 0,
    locked: now.filter(({ lock }) => lock !== undefined).length,
  };
  expect(counts).toMatchObject({
    ready: 13,
    mapped: 4,
    validated: 1,
    invalidated: 0,
    badImagery: 0,
    locked: 1,
  });
  const { lastActivityTime: _, ...shown } = progress ?? {};
  expect(shown).toEqual(expect.objectContaining({ ...progressOf(1, counts) }));
  expect(progress?.completionPercent).toBeCloseTo((100 * (4 + 2)) / (2 * 18), 10);
});
