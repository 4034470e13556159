import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import type { TransactionSql } from "@tessera/postgres/pool.ts";
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

test.each(HELD)("who waits for %s waits alone, and others are acknowledged meanwhile", async (_, hold) => {
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
    await until(async () => {
      const [row] = await service.sql<{ count: bigint }[]>`
        select count(*) as count from pg_stat_activity
        where wait_event_type = 'Lock' and datname = current_database()`;
      return Number(row?.count) === STUCK.length;
    });
    // All is as it was, and the commands that wait get what they asked for.
    throw undone;
  });
  await expect(holding).rejects.toBe(undone);
  expect(await Promise.all(stuck)).toEqual(STUCK.map(() => "acknowledged"));
});

test("who waits for a task that somebody else takes meanwhile is told who has it", async () => {
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
