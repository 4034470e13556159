import { create } from "@bufbuild/protobuf";
import { createContextValues, createHandlerContext } from "@connectrpc/connect";
import { durationOf } from "@tessera/contracts/duration.ts";
import { AccessSchema } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { LockService, LockTaskRequestSchema } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import { SubmissionResult } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import {
  SubmissionService,
  SubmitTaskRequestSchema,
} from "@tessera/contracts/tessera/task/v1/submission_service_pb.ts";
import { TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import { keyedMutex } from "@tessera/postgres/keyed-mutex.ts";
import { ANONYMOUS, callerKey } from "@tessera/rpc/caller.ts";
import { Refusal } from "@tessera/rpc/refusal.ts";
import { testDatabase } from "@tessera/testing/database.ts";
import { blocked } from "@tessera/testing/ground/blocked.ts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { lock } from "../locks/lock.ts";
import { MIGRATIONS } from "../migrations.ts";
import { openStore, type Store } from "../store.ts";
import { submit } from "../submissions/submission.ts";
import { exclusively } from "./exclusively.ts";

const YES = { permitted: true };
const ACCESS = create(AccessSchema, { mapping: YES, validation: YES, lockDuration: durationOf(3_600) });
const LIMITS = { [LockPurpose.MAPPING]: 1, [LockPurpose.VALIDATION]: 100 };
const TASKS = 40;
const again = exclusively(keyedMutex());

let database: Awaited<ReturnType<typeof testDatabase>>;
let store: Store;
let requests = 0;

beforeAll(async () => {
  database = await testDatabase(MIGRATIONS);
  const failed = (error: unknown) => {
    throw error;
  };
  store = openStore(database.sql, failed, { byProject: database.isDistributed });
});

afterAll(async () => {
  await store.stop();
  await database.drop();
});

beforeEach(async () => {
  const { sql } = database;
  await sql`truncate tasks, task_areas, task_sets, submissions, lock_slots, task_events, remembered_requests, operations`;
  await sql`update feed_head set position = given where given > position`;
  await sql`insert into tasks (project_id, task_id, state, create_time, update_time, revision)
    select 1, id, 1, now(), now(), 1 from generate_series(1, ${TASKS}) as id`;
});

/** Locks a task as somebody. `meanwhile` happens between the reading and the writing. */
function lockAs(userId: number, taskId: number, meanwhile = async () => {}, requestId = `r${++requests}`) {
  const purpose = LockPurpose.MAPPING;
  const request = create(LockTaskRequestSchema, { requestId, projectId: 1, taskId, purpose });
  const run = command(
    LockService.method.lockTask,
    async (_, attempt) => {
      const known = await store.read(attempt, { taskId, purpose });
      await attempt.once(meanwhile);
      const change = lock(known, attempt.caller, ACCESS, purpose, LIMITS);
      const { revision, lock: taken } = change.task;
      return store.write(attempt, [change], { name: "n", revision, response: { token: taken?.token ?? 0n } });
    },
    { again },
  );
  return run(request, contextOf(userId));
}

function submitAs(
  userId: number,
  taskId: number,
  lockToken: bigint,
  meanwhile = async () => {},
  requestId = `r${++requests}`,
) {
  const work = { requestId, projectId: 1, taskId, lockToken, result: SubmissionResult.MAPPED };
  const run = command(
    SubmissionService.method.submitTask,
    async (request, attempt) => {
      const known = await store.read(attempt, { taskId });
      await attempt.once(meanwhile);
      const change = submit(known, attempt.caller, ACCESS, request);
      return store.write(attempt, [change], { name: "s", revision: change.task.revision });
    },
    { again },
  );
  return run(create(SubmitTaskRequestSchema, work), contextOf(userId));
}

function contextOf(userId: number) {
  const caller = { ...ANONYMOUS, userId: BigInt(userId), sessionId: "s" };
  return createHandlerContext({
    service: LockService,
    method: LockService.method.lockTask,
    protocolName: "test",
    requestMethod: "POST",
    url: "http://localhost/",
    contextValues: createContextValues().set(callerKey, caller),
  });
}

async function reasonOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => "acknowledged",
    (error: unknown) => (error instanceof Refusal ? error.reason.name : String(error)),
  );
}

test("what was decided on a task that somebody else locked in between is not written", async () => {
  const late = lockAs(2, 1, async () => void (await lockAs(1, 1)));
  expect(await reasonOf(late)).toBe("TASK_LOCKED");
  const holders = await database.sql`select lock_holder from tasks where task_id = 1`;
  expect(holders).toMatchObject([{ lock_holder: 1n }]);
});

test("a second request for a lock that was submitted meanwhile does not return the old lock", async () => {
  const { token } = await lockAs(1, 1);
  // Nothing is to be written but the request, so that no key but the task's revision stands in the way.
  const again = lockAs(1, 1, async () => void (await submitAs(1, 1, token)));
  expect(await reasonOf(again)).toBe("TASK_STATE_NOT_LOCKABLE");
});

test("a person who takes two tasks at once gets one", async () => {
  const second = lockAs(1, 2, async () => void (await lockAs(1, 1)));
  expect(await reasonOf(second)).toBe("LOCK_LIMIT_REACHED");
  const locked = await database.sql`select task_id from tasks where lock_holder = 1`;
  expect(locked).toMatchObject([{ task_id: 1 }]);
});

test("two callers that waited for the same row: one wins, and the other learns who", async () => {
  const release = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  const holding = database.sql.begin(async (sql) => {
    await sql`select from tasks where project_id = 1 and task_id = 1 for update`;
    held.resolve();
    await release.promise;
  });
  await held.promise;
  const calls = [lockAs(1, 1), lockAs(2, 1)].map(reasonOf);
  await expect.poll(() => blocked(database.sql)).toBeGreaterThan(0);
  release.resolve();
  await holding;
  expect((await Promise.all(calls)).sort()).toEqual(["TASK_LOCKED", "acknowledged"]);
});

test("of 64 concurrent callers one gets the task, and 63 learn who holds it", async () => {
  const answers = await Promise.all(Array.from({ length: 64 }, (_, index) => reasonOf(lockAs(index + 1, 7))));
  expect(answers.filter((it) => it === "acknowledged")).toHaveLength(1);
  expect(answers.filter((it) => it === "TASK_LOCKED")).toHaveLength(63);
});

test("of 30 locks that one person asks for at once one is given", async () => {
  const answers = await Promise.all(Array.from({ length: 30 }, (_, index) => reasonOf(lockAs(1, index + 1))));
  expect(answers.filter((it) => it === "acknowledged")).toHaveLength(1);
  expect(answers.filter((it) => it === "LOCK_LIMIT_REACHED")).toHaveLength(29);
});

test("the same request sent 30 times at once has one effect and one answer", async () => {
  const calls = Array.from({ length: 30 }, () => lockAs(1, 3, undefined, "same"));
  const acknowledgements = (await Promise.all(calls)).map(({ acknowledgement }) => acknowledgement);
  expect(acknowledgements.filter((it) => it?.replayed === false)).toHaveLength(1);
  expect(
    new Set(acknowledgements.map((it) => JSON.stringify([it?.revision, it?.commitTime], String))).size,
  ).toBe(1);
  expect(await database.sql`select from task_events`).toHaveLength(1);
});

test("a request id used for something else is refused, also at the same moment", async () => {
  const answers = await Promise.all(
    [1, 2, 3].map((taskId) => reasonOf(lockAs(1, taskId, undefined, "same"))),
  );
  expect(answers.filter((it) => it === "acknowledged")).toHaveLength(1);
  expect(answers.filter((it) => it === "REQUEST_ID_REUSED")).toHaveLength(2);
});

test("a submission whose lock expires between reading and writing is refused", async () => {
  const { token } = await lockAs(1, 1);
  await database.sql`update tasks set lock_expire_time = statement_timestamp() + interval '100 milliseconds'
    where task_id = 1`;
  const late = submitAs(1, 1, token, async () => void (await database.sql`select pg_sleep(0.15)`));
  expect(await reasonOf(late)).toBe("LOCK_EXPIRED");
  expect(await database.sql`select from submissions`).toHaveLength(0);
});

test("a late hand-in cannot overwrite the work of the next holder", async () => {
  const { token } = await lockAs(1, 1);
  await database.sql`update tasks set lock_expire_time = now() where task_id = 1`;
  await lockAs(2, 1);
  expect(await reasonOf(submitAs(1, 1, token))).toBe("LOCK_NOT_HELD");
});

test("an expired lock frees its holder for another task at once", async () => {
  await lockAs(1, 1);
  await database.sql`update tasks set lock_expire_time = now() where task_id = 1`;
  await database.sql`update lock_slots set expire_time = now()`;
  expect(await reasonOf(lockAs(1, 2))).toBe("acknowledged");
});

test("a hand-in frees the person, writes the submission and the history, and is counted once", async () => {
  const { token } = await lockAs(1, 1);
  await submitAs(1, 1, token);
  expect(await reasonOf(lockAs(1, 2))).toBe("acknowledged");
  const events = await store.listTaskEvents(1, 1, 0n, 10);
  expect(events.map(({ kind, revision }) => [kind, revision])).toEqual([
    [TaskEventKind.LOCKED, 2n],
    [TaskEventKind.SUBMITTED, 3n],
  ]);
  expect(await store.getSubmission(1, 1, 1)).toMatchObject({ userId: 1n, lockToken: token });
  expect(await store.countByState(1)).toMatchObject({ ready: TASKS - 1, mapped: 1, locked: 1 });
});

test("the feed sends every event once, those of a task in order, also those of commits that come late", async () => {
  const stop = new AbortController();
  const seen: string[] = [];
  const watching = (async () => {
    for await (const row of store.events.watch({ projectId: 1, after: 0n, signal: stop.signal })) {
      seen.push(`${row.task_id}/${row.revision}`);
    }
  })();
  // A transaction takes its place in time early and commits last.
  const late = Promise.withResolvers<void>();
  const early = database.sql.begin(async (sql) => {
    await sql`insert into task_events (project_id, task_id, revision, kind, actor, event_time, commit_time)
      values (1, 99, 1, 2, 1, now(), clock_timestamp())`;
    await late.promise;
  });
  await Promise.all(
    Array.from({ length: TASKS }, async (_, index) => {
      const { token } = await lockAs(index + 1, index + 1);
      await submitAs(index + 1, index + 1, token);
    }),
  );
  await expect.poll(() => seen.length).toBe(2 * TASKS);
  late.resolve();
  await early;
  await expect.poll(() => seen.length).toBe(2 * TASKS + 1);
  stop.abort();
  await watching;
  expect(new Set(seen).size).toBe(2 * TASKS + 1);
  expect(seen.at(-1)).toBe("99/1");
  for (let task = 1; task <= TASKS; task++) {
    expect(seen.indexOf(`${task}/2`)).toBeLessThan(seen.indexOf(`${task}/3`));
  }
});

test("an expiring lock changes the task's revision at that moment, so that nobody takes an old copy for new", async () => {
  await lockAs(1, 1);
  await database.sql`insert into task_areas (project_id, task_id, area, west, south, east, north)
    values (1, 1, '', 0, 0, 0, 0)`;
  const before = await store.getTask(1, 1);
  await database.sql`update tasks set lock_expire_time = now() where task_id = 1`;
  const after = await store.getTask(1, 1);
  expect(after?.lock).toBeUndefined();
  expect(after?.revision).toBe((before?.revision ?? 0n) + 1n);
  await lockAs(2, 1);
  expect((await store.getTask(1, 1))?.revision).toBe((before?.revision ?? 0n) + 2n);
});

test("the holder of an expired lock learns so also after its end was written, until another user locks the task", async () => {
  const { token } = await lockAs(1, 1);
  const { sql } = database;
  await sql`update tasks set lock_expire_time = now() where task_id = 1`;
  await sql`update lock_slots set expire_time = now()`;
  await store.expireLocks(await store.lapsedSlots());
  expect(await sql`select from lock_slots`).toHaveLength(0);
  expect(await reasonOf(submitAs(1, 1, token))).toBe("LOCK_EXPIRED");
  await lockAs(2, 1);
  expect(await reasonOf(submitAs(1, 1, token))).toBe("LOCK_NOT_HELD");
});

test("the locks of a person who is gone are ended, and nobody else's; it may be done again", async () => {
  await lockAs(1, 1);
  await lockAs(2, 2);
  await store.releaseHeld(1n);
  await store.releaseHeld(1n);
  const tasks = await database.sql`
    select task_id, lock_holder from tasks where task_id in (1, 2) order by task_id`;
  expect(tasks).toEqual([
    { task_id: 1, lock_holder: null },
    { task_id: 2, lock_holder: 2n },
  ]);
  const events = await database.sql`select kind, actor from task_events where task_id = 1 order by revision`;
  expect(events.map(({ kind, actor }) => [kind, actor])).toEqual([
    [TaskEventKind.LOCKED, 1n],
    [TaskEventKind.LOCK_FORCED, 0n],
  ]);
  expect(await reasonOf(lockAs(1, 3))).toBe("acknowledged");
});
