import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { Reason } from "@tessera/contracts/tessera/project/v1/reason_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { clear, plant, reasonOf, squares, type TestService, testService } from "../testing/service.ts";

const { MAPPING, VALIDATION } = LockPurpose;
const HOLDER = 1;
const OTHER = 2;
const MANAGER = 90;

let service: TestService;

beforeAll(async () => {
  service = await testService();
  service.allow(MANAGER, { role: ProjectRole.MANAGER });
  for (const person of [HOLDER, OTHER]) service.hide(person, 7);
});

afterAll(() => service.end());

/** Project 7 is hidden from both, who hold a lock on task 1 and two for validation, from before; project 1 is not. */
beforeEach(async () => {
  await clear(service.sql);
  await plant(service.sql, squares(4), 7);
  await plant(service.sql, squares(4), 1);
  const sql = service.sql;
  await sql`update tasks set state = ${TaskState.MAPPED}, mapped_by = 5 where project_id = 7 and task_id in (2, 3)`;
  await sql`update tasks set lock_holder = ${HOLDER}, lock_purpose = case when task_id = 1 then 1 else 2 end,
    lock_token = 2, lock_time = now(), lock_expire_time = now() + interval '7 days', revision = 2
    where project_id = 7 and task_id < 4`;
  await sql`insert into lock_slots (holder, purpose, slot, project_id, task_id, token, expire_time)
    select lock_holder, lock_purpose, task_id, project_id, task_id, lock_token, lock_expire_time
    from tasks where lock_holder = ${HOLDER}`;
  await sql`update lock_slots set slot = 1 where task_id in (1, 2)`;
});

test("a person who lost access to a project sees the lock there, releases it and works elsewhere", async () => {
  const me = service.as(HOLDER);
  const { locks } = await me.listHeldLocks({});
  expect(locks.map(({ projectId, taskId }) => [projectId, taskId])).toEqual([
    [7, 1],
    [7, 2],
    [7, 3],
  ]);
  expect(await reasonOf(me.lockTask({ taskId: 1, purpose: MAPPING }))).toBe("LOCK_LIMIT_REACHED");
  expect(await reasonOf(me.releaseLock({ projectId: 7, taskId: 1, lockToken: 3n }))).toBe("LOCK_TOKEN_STALE");
  expect(await reasonOf(me.releaseLock({ projectId: 7, taskId: 1 }))).toBe("acknowledged");
  expect(await reasonOf(me.lockTask({ taskId: 1, purpose: MAPPING }))).toBe("acknowledged");
});

test("several of one's own locks are released together where the project cannot be seen", async () => {
  expect(await reasonOf(service.as(HOLDER).releaseLocks({ projectId: 7, taskIds: [1, 2, 3] }))).toBe(
    "acknowledged",
  );
  expect((await service.as(HOLDER).listHeldLocks({})).locks).toEqual([]);
});

test("nobody else learns of the project, nor its holder of a task that is not the holder's", async () => {
  const calls = [
    service.as(OTHER).releaseLock({ projectId: 7, taskId: 1 }),
    service.as(OTHER).releaseLocks({ projectId: 7, taskIds: [1] }),
    service.as(HOLDER).releaseLock({ projectId: 7, taskId: 4 }),
    service.as(HOLDER).releaseLocks({ projectId: 7, taskIds: [1, 4] }),
    service.as(HOLDER).releaseLock({ projectId: 7, taskId: 99 }),
    service.as(HOLDER).releaseLock({ projectId: 7, taskId: 1, force: true }),
  ];
  // Awaited together: a call that fails while another is awaited would be an unhandled rejection.
  for (const reason of await Promise.all(calls.map(reasonOf))) expect(reason).toContain("not_found");
});

test("one's own lock is released while the project service is unavailable", async () => {
  const down = { ...service.deps.projects, access: () => Promise.reject(new Error("it is down")) };
  const { access } = service.deps.projects;
  service.deps.projects.access = down.access;
  try {
    expect(await reasonOf(service.as(HOLDER).releaseLock({ projectId: 7, taskId: 1 }))).toBe("acknowledged");
  } finally {
    service.deps.projects.access = access;
  }
});

test("a person who may do nothing in a project releases their locks", async () => {
  const no = { permitted: false, reason: Reason.NOT_IN_TEAM };
  service.allow(3, { mapping: no as never, validation: no as never }, 1);
  await service.as(4).lockTask({ taskId: 1, purpose: MAPPING });
  await service.sql`update tasks set lock_holder = 3 where project_id = 1 and task_id = 1`;
  await service.sql`
    insert into lock_slots (holder, purpose, slot, project_id, task_id, token, expire_time)
    select 3, purpose, slot, project_id, task_id, token, expire_time from lock_slots where holder = 4`;
  await service.sql`delete from lock_slots where holder = 4`;
  expect(await reasonOf(service.as(3).extendLock({ taskId: 1 }))).toBe("NOT_IN_TEAM");
  expect(await reasonOf(service.as(3).releaseLock({ taskId: 1 }))).toBe("acknowledged");
  expect(await reasonOf(service.as(3).lockTask({ taskId: 1, purpose: VALIDATION }))).toBe("NOT_IN_TEAM");
});
