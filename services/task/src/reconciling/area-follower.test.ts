import { randomUUID } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import {
  type ProjectEvent,
  ProjectEventKind,
  ProjectEventSchema,
} from "@tessera/contracts/tessera/project/v1/project_event_pb.ts";
import { WatchProjectEventsResponseSchema } from "@tessera/contracts/tessera/project/v1/project_event_service_pb.ts";
import { type Project, ProjectSchema } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/project/v1/reason_pb.ts";
import { OperationState } from "@tessera/contracts/tessera/rpc/v1/operation_pb.ts";
import { refusals } from "@tessera/rpc/refusal.ts";
import { refusalToError } from "@tessera/rpc/refusal-wire.ts";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { COLUMNS, firstColumns, ROWS } from "../testing/reconcile.ts";
import { clear, LOG, plant, squares, type TestService, testService, until } from "../testing/service.ts";
import { type AreaFollowerOptions, areaFollower } from "./area-follower.ts";

const MANAGER = 90;
const TASKS = ROWS * COLUMNS;
const { AREA_CHANGED, CHANGED, PUBLISHED } = ProjectEventKind;
const refuse = refusals(ReasonSchema);

let service: TestService;
/** All that the project service says happened; the position of each is its index and one. */
let history: ProjectEvent[];
/** The projects as they are there. */
let projects: Map<number, Project>;
/** Whether the project service is gone. */
let isGone: boolean;
/** Whether it sends its whole feed again, whatever the position. */
let repeats: boolean;
let asked: number[];
const running: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  service = await testService();
  service.allow(MANAGER, { role: ProjectRole.MANAGER });
});

afterAll(() => service.end());

beforeEach(async () => {
  await clear(service.sql);
  await plant(service.sql, squares(TASKS));
  [history, projects, asked, isGone, repeats] = [[], new Map(), [], false, false];
  setArea(1, COLUMNS);
});

afterEach(async () => {
  for (const it of running.splice(0)) await it.stop();
});

/** The area of a project becomes another, and the feed says so. */
function setArea(projectId: number, columns: number): void {
  const revision = (projects.get(projectId)?.revision ?? 0n) + 1n;
  projects.set(projectId, create(ProjectSchema, { projectId, revision, area: firstColumns(columns) }));
  happens(projectId, AREA_CHANGED, revision);
}

function happens(projectId: number, kind: ProjectEventKind, revision = 1n, fields: string[] = []): void {
  history.push(create(ProjectEventSchema, { projectId, kind, revision, fields }));
}

/** A replica begins to follow. */
function follow(options: Partial<AreaFollowerOptions> = {}) {
  const following = areaFollower({
    store: service.store,
    operations: service.deps.operations,
    events: { watchProjectEvents: watch as never },
    projects: { getProject: getProject as never },
    headers: async () => ({ authorization: "Bearer own" }),
    holder: randomUUID(),
    log: LOG,
    retryMs: 10,
    ...options,
  });
  running.push(following);
  return following;
}

async function* watch({ position }: { position: string }, { signal }: { signal: AbortSignal }) {
  if (isGone) throw new ConnectError("gone", Code.Unavailable);
  let next = repeats ? 0 : Number(position);
  yield create(WatchProjectEventsResponseSchema, { position: String(next) });
  while (!signal.aborted && !isGone) {
    const event = history[next];
    if (event) yield create(WatchProjectEventsResponseSchema, { position: String(++next), event });
    else await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function getProject({ projectId }: { projectId: number }) {
  asked.push(projectId);
  if (isGone) throw new ConnectError("gone", Code.Unavailable);
  const project = projects.get(projectId);
  if (project === undefined) throw refusalToError(refuse(Reason.PROJECT_NOT_FOUND));
  return { project };
}

const operations = async (projectId = 1) =>
  (await service.as(MANAGER).listOperations({ projectId })).operations.reverse();
const withdrawn = async () => (await service.as(MANAGER).getProgress({})).progress?.withdrawnCount;

/** All that happened so far was read and written down. */
async function followed(): Promise<void> {
  await until(async () => {
    const [row] = await service.sql<{ position: string }[]>`select position from area_feed`;
    return row?.position === String(history.length);
  });
}

async function done(count: number) {
  await until(async () => {
    const all = await operations();
    return all.length === count && all.every((it) => it.done);
  });
}

test("a change of an area reconciles the tasks with it by itself, and the history names nobody", async () => {
  running.push(service.run());
  follow();
  setArea(1, 30);
  await until(async () => (await withdrawn()) === 10 * ROWS);
  await followed();
  const last = (await operations()).at(-1);
  expect(last?.kind).toBe("ReconcileTasks");
  expect(last?.userId).toBeUndefined();
  const { events } = await service.as(MANAGER).listTaskEvents({ taskId: COLUMNS });
  expect(events.at(-1)?.operationId).toEqual(expect.any(Number));
  expect(events.at(-1)?.actorUserId).toBeUndefined();
  expect(asked).not.toEqual([]);
});

test("what was missed while the project service was gone, and while nobody followed, is made up for", async () => {
  running.push(service.run());
  isGone = true;
  follow();
  setArea(1, 30);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await operations()).toEqual([]);
  isGone = false;
  await until(async () => (await withdrawn()) === 10 * ROWS);
  await running.pop()?.stop();
  setArea(1, 20);
  follow();
  await until(async () => (await withdrawn()) === 20 * ROWS);
});

test("a change takes effect once: with two replicas, and with a feed that repeats itself", async () => {
  running.push(service.run());
  follow();
  follow();
  setArea(1, 30);
  await followed();
  await until(async () => (await withdrawn()) === 10 * ROWS);
  const before = (await operations()).length;
  await done(before);
  for (const it of running.splice(1)) await it.stop();
  repeats = true;
  await service.sql`update area_feed set position = '0'`;
  happens(1, CHANGED);
  follow();
  await followed();
  expect((await operations()).length).toBe(before);
});

test("only changes of areas count, and only of projects that have tasks or are being cut; one that is gone is passed", async () => {
  setArea(2, 10);
  happens(1, PUBLISHED);
  happens(1, CHANGED);
  await plant(service.sql, squares(4), 3);
  happens(3, AREA_CHANGED);
  setArea(4, 10);
  await service.as(MANAGER).createTasks({ projectId: 4, zoom: 4 });
  follow();
  await followed();
  expect(asked.sort()).toEqual([1, 3, 4]);
  expect((await operations()).map(({ kind }) => kind)).toEqual(["ReconcileTasks"]);
  expect(await operations(2)).toEqual([]);
  expect(await operations(3)).toEqual([]);
  expect((await operations(4)).map(({ kind }) => kind)).toEqual(["CreateTasks", "ReconcileTasks"]);
});

test("a change of the area takes effect also if the event is named after another change", async () => {
  history = [];
  happens(1, CHANGED, 1n, ["name"]);
  follow();
  await followed();
  expect(await operations()).toEqual([]);
  happens(1, PUBLISHED, 2n, ["area", "status"]);
  await followed();
  expect(await operations()).toMatchObject([{ kind: "ReconcileTasks" }]);
});

test("of many changes in a row no more than one reconciliation waits, with the area of the last", async () => {
  follow();
  await followed();
  for (const columns of [30, 20, 10]) {
    setArea(1, columns);
    await followed();
  }
  expect(await operations()).toMatchObject([{ kind: "ReconcileTasks", state: OperationState.PENDING }]);
  running.push(service.run());
  await done(1);
  expect(await withdrawn()).toBe(30 * ROWS);
});

test("a reconciliation waits for tasks that are being made, and then reconciles them", async () => {
  await clear(service.sql);
  service.area.of = firstColumns(4);
  await service.as(MANAGER).createTasks({ areas: squares(4).map(({ area }) => area) });
  follow();
  await followed();
  setArea(1, 2);
  await followed();
  const tasks = Promise.withResolvers<void>();
  running.push(
    service.run(({ createTasks }) => ({
      createTasks: async (...given) => {
        await tasks.promise;
        return createTasks(...given);
      },
    })),
  );
  await until(async () => (await service.sql`select from operations where attempts > 0`).length === 2);
  expect((await operations()).map(({ done }) => done)).toEqual([false, false]);
  tasks.resolve();
  await done(2);
  expect(await withdrawn()).toBe(2);
});

test("while managers have reached their limit of operations, a change of the area still takes effect", async () => {
  for (let count = 0; count < 10; count++) await service.as(MANAGER).reconcileTasks({});
  setArea(1, 30);
  follow();
  await followed();
  expect(await operations()).toHaveLength(11);
});

test("a project whose area cannot be read stands before no other, and is reconciled when it can be", async () => {
  await plant(service.sql, squares(4), 2);
  const broken = new Set([1]);
  const reading = async (request: { projectId: number }) => {
    if (broken.has(request.projectId)) throw new ConnectError("broken", Code.Internal);
    return getProject(request);
  };
  setArea(1, 30);
  setArea(2, 2);
  follow({ projects: { getProject: reading as never } });
  await followed();
  expect(await operations(1)).toEqual([]);
  expect(await operations(2)).toMatchObject([{ kind: "ReconcileTasks" }]);
  const due = () => service.sql`update unread_areas set next_time = statement_timestamp()`;
  await due();
  await until(async () => (await service.sql`select from unread_areas where tries > 0`).length === 1);
  broken.clear();
  await due();
  await until(async () => (await operations(1)).length === 1);
  expect(await service.sql`select from unread_areas`).toEqual([]);
});

test("an area that is read later than a newer one starts nothing, and one that is gone is forgotten", async () => {
  history = [];
  const { store } = service;
  await service.sql`insert into unread_areas (project_id, revision, next_time)
    select id, 1, '-infinity' from unnest(${[1, 77]}::integer[]) as id`;
  follow();
  await until(async () => (await service.sql`select from unread_areas`).length === 0);
  expect(await operations(1)).toHaveLength(1);
  expect(await operations(77)).toEqual([]);
  expect(await store.areaFeed.takeUnread(1)).toEqual([]);
});

test("a change of the priority areas reconciles the tasks with them by itself", async () => {
  running.push(service.run());
  follow();
  const area = firstColumns(COLUMNS);
  projects.set(
    1,
    create(ProjectSchema, { projectId: 1, revision: 2n, area, priorityAreas: firstColumns(2) }),
  );
  happens(1, CHANGED, 2n, ["priority_areas"]);
  await done(1);
  const rows = await service.sql`select from tasks where priority_area = 1`;
  expect(rows).toHaveLength(2 * ROWS);
});
