import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { create } from "@bufbuild/protobuf";
import { createClient, type HandlerContext } from "@connectrpc/connect";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import {
  type TaskEvent,
  TaskEventKind,
  TaskEventSchema,
} from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import type { WatchTaskEventsRequest } from "@tessera/contracts/tessera/task/v1/task_event_service_pb.ts";
import { TaskEventService } from "@tessera/contracts/tessera/task/v1/task_event_service_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { ANONYMOUS } from "@tessera/rpc/caller.ts";
import { connect } from "@tessera/rpc/connect.ts";
import { refusals } from "@tessera/rpc/refusal.ts";
import { serve, served } from "@tessera/rpc/serve.ts";
import { type TestDatabase, testDatabase } from "@tessera/testing/database.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { MIGRATIONS } from "../migrations.ts";
import { openStore } from "../open-store.ts";
import { silent } from "../testing/system.ts";
import { forgetWork } from "./store.ts";
import { workFollower } from "./work-follower.ts";

const WAIT_MS = 60_000;
const THRESHOLDS = { intermediateTasks: 3, advancedTasks: 5 };
const refuse = refusals(ReasonSchema);

let database: TestDatabase;
let begun: AsyncDisposableStack;
/** All events that ever were; the position of each is its index and one. */
let history: TaskEvent[];
let opened: { request: WatchTaskEventsRequest; authorization: string | null }[];
let openNow: number;
/** Where each stream begins instead of where it was asked to: a feed that repeats itself. */
let repeat: number;
let tasks: ReturnType<typeof createClient<typeof TaskEventService>>;

beforeEach(async () => {
  begun = new AsyncDisposableStack();
  database = await testDatabase(MIGRATIONS);
  begun.defer(() => database.drop());
  [history, opened, openNow, repeat] = [[], [], 0, 0];
  const impl = { watchTaskEvents } as never;
  const serving = await serve({
    services: [served(TaskEventService, impl)],
    verify: () => ({ ...ANONYMOUS, userId: 1n, scopes: new Set(["tasks:read"]) }),
    log: silent,
    translate: () => undefined,
    ready: async () => {},
    host: "127.0.0.1",
    port: 0,
    drainMs: 0,
  });
  begun.defer(() => serving.stop());
  const connection = connect(serving.address);
  begun.defer(async () => connection.close());
  tasks = createClient(TaskEventService, connection);
});

afterEach(() => begun.disposeAsync());

/** The feed of a task service: what was, then what comes. */
async function* watchTaskEvents(request: WatchTaskEventsRequest, context: HandlerContext) {
  opened.push({ request, authorization: context.requestHeader.get("authorization") });
  const asked = request.position === "" ? 0 : Number(request.position.slice(1));
  if (asked > history.length) throw refuse(Reason.POSITION_INVALID);
  openNow += 1;
  try {
    let at = Math.max(0, asked - repeat);
    yield { position: `p${at}` };
    while (!context.signal.aborted) {
      for (; at < history.length; at++) {
        const event = history[at];
        if (event === undefined) return;
        yield { position: `p${at + 1}`, event };
      }
      await sleep(10);
    }
  } finally {
    openNow -= 1;
  }
}

const revisions = new Map<number, bigint>();

function happens(taskId: number, kind: TaskEventKind, actor: bigint, from: TaskState, to: TaskState): void {
  const revision = (revisions.get(taskId) ?? 1n) + 1n;
  revisions.set(taskId, revision);
  const fields = { projectId: 1, taskId, revision, kind, actorUserId: actor, fromState: from, toState: to };
  history.push(create(TaskEventSchema, fields));
}

let lastTask = 0;

function maps(actor: bigint, count: number): void {
  for (let index = 0; index < count; index++)
    happens(++lastTask, TaskEventKind.SUBMITTED, actor, TaskState.READY, TaskState.MAPPED);
}

function follower() {
  const following = workFollower({
    store: openStore(database.sql),
    tasks,
    headers: async () => ({ authorization: "Bearer service" }),
    thresholds: THRESHOLDS,
    holder: randomUUID(),
    log: silent,
    retryMs: 50,
  });
  begun.defer(() => following.stop());
  return following;
}

async function person({ sql } = database): Promise<bigint> {
  const [row] = await sql<{ user_id: bigint }[]>`
    insert into users (identity_provider, subject, name, system_role, mapping_level)
    values ('test', ${randomUUID()}, 'somebody', 1, 1) returning user_id`;
  return row?.user_id ?? 0n;
}

async function standing(userId: bigint): Promise<{ count: number; level: number }> {
  const [row] = await database.sql<{ count: number; level: number }[]>`
    select coalesce((select mapped_tasks from work_counts w where w.user_id = u.user_id), 0) as count,
      mapping_level as level from users u where user_id = ${userId}`;
  return row ?? { count: -1, level: -1 };
}

/** Waits until all that happened is counted. */
async function caughtUp(): Promise<void> {
  const untilMs = Date.now() + WAIT_MS;
  for (;;) {
    const [row] = await database.sql<{ position: string }[]>`select position from work_feed`;
    if (row?.position === `p${history.length}`) return;
    if (Date.now() > untilMs) throw new Error(`counted up to ${row?.position} of ${history.length}`);
    await sleep(20);
  }
}

test("levels are raised for the work done, and an event records it", async () => {
  const [one, other] = [await person(), await person()];
  maps(one, 3);
  maps(other, 2);
  follower();
  await caughtUp();
  expect(await standing(one)).toEqual({ count: 3, level: 2 });
  expect(await standing(other)).toEqual({ count: 2, level: 1 });
  maps(one, 2);
  happens(lastTask, TaskEventKind.UNDONE, one, TaskState.MAPPED, TaskState.READY);
  await caughtUp();
  expect(await standing(one)).toEqual({ count: 4, level: 2 });
  maps(one, 1);
  await caughtUp();
  expect(await standing(one)).toEqual({ count: 5, level: 3 });
  const raised = await database.sql<{ details: { from: string; to: string; mapped_tasks: string } }[]>`
    select details from events where kind = 12 and user_id = ${one} and actor = 0 order by commit_time`;
  expect(raised.map(({ details }) => details)).toEqual([
    { from: "BEGINNER", to: "INTERMEDIATE", mapped_tasks: "3" },
    { from: "INTERMEDIATE", to: "ADVANCED", mapped_tasks: "5" },
  ]);
  expect(opened[0]).toMatchObject({ request: { fromStart: true }, authorization: "Bearer service" });
  expect(opened[0]?.request.projectId).toBeUndefined();
});

test("what was undone takes no level away, and what was set by hand stays", async () => {
  const one = await person();
  maps(one, 3);
  happens(lastTask, TaskEventKind.UNDONE, one, TaskState.MAPPED, TaskState.READY);
  follower();
  await caughtUp();
  maps(one, 1);
  await caughtUp();
  expect((await standing(one)).count).toBe(3);
  await database.sql`update users set mapping_level = 3 where user_id = ${one}`;
  maps(one, 1);
  await caughtUp();
  expect(await standing(one)).toEqual({ count: 4, level: 3 });
  await database.sql`update users set mapping_level = 1 where user_id = ${one}`;
  happens(lastTask, TaskEventKind.UNDONE, one, TaskState.MAPPED, TaskState.READY);
  maps(one, 1);
  await caughtUp();
  expect(await standing(one)).toEqual({ count: 4, level: 1 });
});

test("a restart continues from the position, and an event that the feed repeats is counted once", async () => {
  const one = await person();
  maps(one, 2);
  const first = follower();
  await caughtUp();
  await first.stop();
  maps(one, 1);
  happens(lastTask, TaskEventKind.UNDONE, one, TaskState.MAPPED, TaskState.READY);
  repeat = 2;
  follower();
  await caughtUp();
  expect(opened.map(({ request }) => request.position)).toEqual(["", "p2"]);
  expect(await standing(one)).toMatchObject({ count: 2 });
});

test("one replica follows at a time, and the next takes over from one that is gone", async () => {
  const one = await person();
  const first = follower();
  await caughtUp();
  follower();
  maps(one, 4);
  await caughtUp();
  await sleep(300);
  expect(openNow).toBe(1);
  await first.stop();
  maps(one, 1);
  await caughtUp();
  expect(openNow).toBe(1);
  expect(await standing(one)).toEqual({ count: 5, level: 3 });
});

test("a replica that lost the counting without noticing counts nothing", async () => {
  const { work } = openStore(database.sql);
  const one = await person();
  const [slow, quick] = [randomUUID(), randomUUID()];
  expect(await work.take(slow)).toBe("");
  expect(await work.take(quick)).toBeUndefined();
  await database.sql`update work_feed set expire_time = now() - interval '1 second'`;
  expect(await work.take(quick)).toBe("");
  maps(one, 1);
  expect(await work.count({ holder: slow, position: "" }, "p1", history, THRESHOLDS)).toBe(false);
  expect(await work.count({ holder: quick, position: "" }, "p1", history, THRESHOLDS)).toBe(true);
  expect(await work.count({ holder: quick, position: "" }, "p1", history, THRESHOLDS)).toBe(false);
  expect(await standing(one)).toMatchObject({ count: 1 });
});

test("a batch counts what its events count one by one, also those that it repeats", async () => {
  const other = await testDatabase(MIGRATIONS);
  begun.defer(() => other.drop());
  const people = [await person(), await person(), await person()];
  expect([await person(other), await person(other), await person(other)]).toEqual(people);
  const { READY, MAPPED, VALIDATED } = TaskState;
  for (let index = 0; index < 90; index++) {
    const [taskId, actor] = [(index * 7) % 11, people[index % 3] as bigint];
    if (index % 4 === 3) happens(taskId, TaskEventKind.UNDONE, actor, MAPPED, READY);
    else if (index % 5 === 4) happens(taskId, TaskEventKind.SUBMITTED, actor, MAPPED, VALIDATED);
    else happens(taskId, TaskEventKind.SUBMITTED, actor, READY, MAPPED);
  }
  const all = [...history, ...history.slice(40), ...history.slice(0, 10)];
  const [holder, together, single] = [randomUUID(), openStore(database.sql).work, openStore(other.sql).work];
  await Promise.all([together.take(holder), single.take(holder)]);
  expect(await together.count({ holder, position: "" }, "end", all, THRESHOLDS)).toBe(true);
  for (const [at, event] of all.entries()) {
    const position = at === 0 ? "" : `p${at}`;
    expect(await single.count({ holder, position }, `p${at + 1}`, [event], THRESHOLDS)).toBe(true);
  }
  const counted = async ({ sql }: TestDatabase) => [
    await sql`select user_id, mapped_tasks from work_counts order by user_id`,
    await sql`select project_id, task_id, revision, mappers from worked_tasks order by task_id`,
  ];
  const [counts = [], tasks] = await counted(database);
  expect([counts, tasks]).toEqual(await counted(other));
  expect([counts.length, tasks?.length]).toEqual([3, 11]);
});

test("a feed that was begun anew is counted from its start, each event once", async () => {
  const one = await person();
  maps(one, 2);
  const first = follower();
  await caughtUp();
  await first.stop();
  await database.sql`update work_feed set position = 'p99'`;
  follower();
  await caughtUp();
  expect(await standing(one)).toMatchObject({ count: 2 });
});

test("a deleted person's work raises nothing, and old tasks are forgotten", async () => {
  const one = await person();
  await database.sql`update users set deleted = true where user_id = ${one}`;
  maps(one, 5);
  follower();
  await caughtUp();
  expect(await standing(one)).toEqual({ count: 0, level: 1 });
  await database.sql`update worked_tasks set change_time = now() - interval '500 days' where task_id <> ${lastTask}`;
  expect(await forgetWork(database.sql)).toBe(4);
  expect(await forgetWork(database.sql)).toBe(0);
});
