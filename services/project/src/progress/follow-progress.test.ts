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
import { silent } from "../testing/auth.ts";
import { foldProgress } from "./follow-progress.ts";
import { progressStore, rebuildProgress } from "./store.ts";

const WAIT_MS = 60_000;
const { READY, MAPPED, VALIDATED, BAD_IMAGERY } = TaskState;
const refuse = refusals(ReasonSchema);

let database: TestDatabase;
let begun: AsyncDisposableStack;
/** All events that ever were; the position of each is its index and one. */
let history: TaskEvent[];
/** The position from which each stream resumed. */
let asked: string[];
let openNow: number;
/** The replicas that tried to take the following. */
let holders: Set<string>;
let tasks: ReturnType<typeof createClient<typeof TaskEventService>>;

beforeEach(async () => {
  begun = new AsyncDisposableStack();
  database = await testDatabase(MIGRATIONS);
  begun.defer(() => database.drop());
  [history, asked, openNow, holders] = [[], [], 0, new Set()];
  const serving = await serve({
    services: [served(TaskEventService, { watchTaskEvents } as never)],
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
  asked.push(request.position);
  const from = request.position === "" ? 0 : Number(request.position.slice(1));
  if (from > history.length) throw refuse(Reason.POSITION_INVALID);
  openNow += 1;
  try {
    let at = from;
    yield { position: `p${at}` };
    while (!context.signal.aborted) {
      for (const event of history.slice(at)) yield { position: `p${++at}`, event };
      await sleep(10);
    }
  } finally {
    openNow -= 1;
  }
}

function created(projectId: number, taskCount: number): void {
  history.push(create(TaskEventSchema, { projectId, kind: TaskEventKind.TASKS_CREATED, taskCount }));
}

function turned(projectId: number, fromState: TaskState, toState: TaskState, times = 1): void {
  for (let time = 0; time < times; time++)
    history.push(create(TaskEventSchema, { projectId, kind: TaskEventKind.SUBMITTED, fromState, toState }));
}

function follower() {
  const progress = progressStore(database.sql);
  const take = (holder: string) => progress.take(holder).finally(() => holders.add(holder));
  const following = foldProgress({
    store: { progress: { ...progress, take } },
    tasks,
    headers: async () => ({ authorization: "Bearer service" }),
    log: silent,
  });
  begun.defer(() => following.stop());
  return following;
}

const counts = async () =>
  (
    await database.sql<{ project_id: number; counts: number[] }[]>`
      select project_id, array[tasks_total, tasks_mapped, tasks_validated, tasks_bad_imagery] as counts
      from project_progress order by project_id`
  ).map(({ project_id, counts }) => [project_id, ...counts]);
const position = async () =>
  (await database.sql<{ position: string }[]>`select position from progress_feed`)[0]?.position;
const folded = () => expect.poll(position, { timeout: WAIT_MS }).toBe(`p${history.length}`);

test("what happens to tasks is counted, with the position up to which it is", async () => {
  follower();
  created(1, 100);
  turned(1, READY, MAPPED, 700);
  turned(1, MAPPED, VALIDATED, 650);
  created(2, 5);
  turned(2, READY, BAD_IMAGERY);
  await folded();
  expect(await counts()).toEqual([
    [1, 100, 50, 650, 0],
    [2, 5, 0, 0, 1],
  ]);
});

test("a follower that is stopped anywhere continues at its position, and counts each event once", async () => {
  created(1, 5_000);
  for (let round = 0; round < 6; round++) {
    const following = follower();
    turned(1, READY, MAPPED, 400);
    await sleep(round * 40);
    await following.stop();
  }
  follower();
  await folded();
  expect(await counts()).toEqual([[1, 5_000, 2_400, 0, 0]]);
});

test("of several replicas one folds; one that is gone is replaced when its lease expires", async () => {
  const { sql } = database;
  const gone = crypto.randomUUID();
  await sql`
    update progress_feed set holder = ${gone}, expire_time = clock_timestamp() + interval '1 hour'`;
  created(1, 10);
  follower();
  follower();
  await expect.poll(() => holders.size, { timeout: WAIT_MS }).toBe(2);
  expect(openNow).toBe(0);
  expect(await sql`select holder from progress_feed`).toMatchObject([{ holder: gone }]);
  await sql`update progress_feed set expire_time = clock_timestamp()`;
  await folded();
  turned(1, READY, MAPPED, 4);
  await folded();
  expect(openNow).toBe(1);
  expect(await counts()).toEqual([[1, 10, 4, 0, 0]]);
});

test("a replica that lost its lease writes nothing", async () => {
  const store = progressStore(database.sql);
  const [mine, others] = [crypto.randomUUID(), crypto.randomUUID()];
  created(1, 10);
  await store.take(mine);
  expect(await store.fold({ holder: mine, position: "" }, "p1", history)).toBe(true);
  expect(await store.fold({ holder: mine, position: "" }, "p1", history)).toBe(false);
  await store.release(mine);
  await store.take(others);
  expect(await store.fold({ holder: mine, position: "p1" }, "p2", history)).toBe(false);
  expect(await counts()).toEqual([[1, 10, 0, 0, 0]]);
});

test("all is counted again from the start when that is asked for, while a follower runs", async () => {
  follower();
  created(1, 10);
  turned(1, READY, MAPPED, 4);
  await folded();
  await database.sql`update project_progress set tasks_mapped = 77`;
  await rebuildProgress(database.sql);
  turned(1, READY, MAPPED);
  await folded();
  expect(await counts()).toEqual([[1, 10, 5, 0, 0]]);
});

test("a feed that was begun anew is counted from its start", async () => {
  const first = follower();
  created(1, 10);
  turned(1, READY, MAPPED, 4);
  await folded();
  await first.stop();
  history = [];
  created(1, 3);
  follower();
  await folded();
  expect(asked).toContain("p5");
  expect(await counts()).toEqual([[1, 3, 0, 0, 0]]);
});
