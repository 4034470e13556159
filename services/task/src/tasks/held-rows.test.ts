import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { TaskAction } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import type { TransactionSql } from "@tessera/postgres/pool.ts";
import { blocked } from "@tessera/testing/ground/blocked.ts";
import { leftWaiting } from "@tessera/testing/ground/left-waiting.ts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { clear, plant, reasonOf, squares, type TestService, testService, until } from "../testing/service.ts";

const { MAPPING: purpose } = LockPurpose;
const TASKS = 40;
/** More than there are statements at once. */
const STUCK = [1, 2, 3];
const OTHERS = Array.from({ length: 20 }, (_, index) => index + 11);

let service: TestService;

beforeAll(async () => {
  service = await testService();
});

afterAll(() => service.end());

beforeEach(async () => {
  await clear(service.sql);
  for (const projectId of [1, 2]) await plant(service.sql, squares(TASKS), projectId);
});

const lock = (who: number, projectId: number, requestId?: string) =>
  reasonOf(service.as(who).lockTask({ projectId, taskId: who, purpose, ...(requestId && { requestId }) }));

/** What another connection may hold that commands wait for. */
const HELD: [what: string, hold: (tx: TransactionSql) => PromiseLike<unknown>][] = [
  [
    "the rows of tasks",
    (tx) => tx`select from tasks where project_id = 1 and task_id = any(${STUCK}::integer[]) for update`,
  ],
  [
    "the slots of people",
    (tx) => tx`insert into lock_slots (holder, purpose, slot, project_id, task_id, token, expire_time)
      select id, ${purpose}, 1, 9, id, 1, '-infinity' from unnest(${STUCK}::integer[]) as id`,
  ],
  [
    "requests of the same id",
    (tx) => tx`insert into remembered_requests
      (project_id, caller, request_id, digest, name, revision, commit_time, response)
      select 1, id::text, 'stuck', '', '', 0, now(), '' from unnest(${STUCK}::integer[]) as id`,
  ],
];

test.each(HELD)(
  "a command that waits for %s waits alone, and others are acknowledged meanwhile",
  async (_, hold) => {
    const undone = new Error("undone");
    let stuck: Promise<string>[] = [];
    let settled = 0;
    const holding = service.sql.begin(async (tx) => {
      await hold(tx);
      stuck = STUCK.map((who) => lock(who, 1, "stuck"));
      for (const one of stuck) void one.then(() => (settled += 1));
      const others = await Promise.all(OTHERS.map((who) => lock(who, 2)));
      expect(new Set(others)).toEqual(new Set(["acknowledged"]));
      expect(settled).toBe(0);
      await until(async () => (await blocked(service.sql)) === STUCK.length);
      // All is as it was, and the commands that wait get what they asked for.
      throw undone;
    });
    await expect(holding).rejects.toBe(undone);
    expect(await Promise.all(stuck)).toEqual(STUCK.map(() => "acknowledged"));
  },
);

test("a caller that waits for a task that another user locks meanwhile learns who has it", async () => {
  let late: Promise<string> | undefined;
  await service.sql.begin(async (tx) => {
    await tx`select from tasks where project_id = 1 and task_id = 1 for update`;
    late = lock(1, 1);
    expect(await lock(11, 2)).toBe("acknowledged");
    await tx`update tasks set lock_holder = 9, lock_purpose = 1, lock_token = revision + 1, lock_time = now(),
      lock_expire_time = now() + interval '1 hour', revision = revision + 1 where project_id = 1 and task_id = 1`;
  });
  expect(await late).toBe("TASK_LOCKED");
});

test.each(HELD)("nothing is written for who leaves while waiting for %s", async (_, hold) => {
  const outcome = await leftWaiting(service.sql, {
    hold,
    // The statement of one command alone; the shared one before it begins otherwise.
    waits: "select * from write_command_rows",
    call: (signal) =>
      service.as(1, undefined, signal).lockTask({ projectId: 1, taskId: 1, purpose, requestId: "stuck" }),
  });
  expect(outcome).toMatchObject({ name: "AbortError" });
  expect(await lock(1, 2, "next")).toBe("acknowledged");
  const [task] =
    await service.sql`select lock_holder, revision from tasks where project_id = 1 and task_id = 1`;
  expect(task).toEqual({ lock_holder: null, revision: 1n });
  expect(await service.sql`select request_id from remembered_requests`).toEqual([{ request_id: "next" }]);
});

/** The request "left", of which another transaction has not yet said whether it took effect. */
const twin = (tx: TransactionSql) => tx`
  insert into remembered_requests (project_id, caller, request_id, digest, name, revision, commit_time, response)
  values (1, '1', 'left', '', '', 0, now(), '')`;
const left = { projectId: 1, requestId: "left" };
type Client = ReturnType<TestService["as"]>;

/** Commands that write in other ways, and what each may have to wait for. */
const OTHERS_WRITE: [
  what: string,
  hold: (tx: TransactionSql) => PromiseLike<unknown>,
  call: (as: Client, lockToken: bigint) => Promise<unknown>,
][] = [
  [
    "a split",
    (tx) => tx`select from task_sets where project_id = 1 for update`,
    (as, lockToken) => as.splitTask({ ...left, taskId: 1, lockToken }),
  ],
  ["an operation", twin, (as) => as.batchUpdateTasks({ ...left, action: TaskAction.INVALIDATE })],
  [
    "the cancellation of an operation",
    (tx) => tx`select from operations where project_id = 1 for update`,
    (as) => as.cancelOperation({ ...left, operationId: 1 }),
  ],
];

test.each(OTHERS_WRITE)("%s is not written for who leaves while waiting", async (_, hold, call) => {
  const { sql } = service;
  service.allow(1, { role: ProjectRole.MANAGER });
  expect(await lock(1, 1)).toBe("acknowledged");
  const begun = service.as(1).batchUpdateTasks({ projectId: 1, action: TaskAction.VALIDATE });
  expect(await reasonOf(begun)).toBe("acknowledged");
  const [held] = await sql<{ token: bigint }[]>`
    select lock_token as token from tasks where project_id = 1 and task_id = 1`;
  const outcome = await leftWaiting(sql, {
    hold,
    call: (signal) => call(service.as(1, undefined, signal), held?.token ?? 0n),
  });
  expect(outcome).toMatchObject({ name: "AbortError" });
  expect(await sql`select from remembered_requests where request_id = 'left'`).toEqual([]);
  expect(await sql`select last_task_id from task_sets where project_id = 1`).toEqual([
    { last_task_id: TASKS },
  ]);
  expect(await sql`select cancel_requested from operations`).toEqual([{ cancel_requested: false }]);
});
