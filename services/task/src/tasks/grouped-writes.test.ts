import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { type TestDatabase, testDatabase } from "@tessera/testing/database.ts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { lock } from "../locks/lock.ts";
import { MIGRATIONS } from "../migrations.ts";
import { access, LIMITS, me } from "../testing/tasks.ts";
import { readTasks } from "./read-store.ts";
import { writeChanges } from "./write-store.ts";

const PROJECTS = [1, 2, 3];
const TASKS = [1, 2, 3];
let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase(MIGRATIONS);
});
afterAll(() => database.drop());

beforeEach(async () => {
  const { sql } = database;
  await sql`truncate tasks, task_events, lock_slots, remembered_requests`;
  await sql`insert into tasks (project_id, task_id, state, create_time, update_time, revision)
    select project, id, 1, now(), now(), 1
    from unnest(${PROJECTS}::integer[]) as project, unnest(${TASKS}::integer[]) as id`;
});

/** A lock on a task for a person, with the request that it answers, as it is decided now. */
async function decide(projectId: number, taskId: number, userId: bigint) {
  const task = (await readTasks(database.sql, projectId, [taskId])).get(taskId);
  const known = { projectId, taskId, task, slots: [], now: new Date() };
  const change = lock(known, { ...me, userId }, access(), LockPurpose.MAPPING, LIMITS);
  const key = { projectId, caller: String(userId), requestId: "r", digest: Buffer.alloc(32) };
  const remember = { ...key, name: "lock", revision: 2n, response: Buffer.alloc(0) };
  return { caller: userId, changes: [change], remember };
}

test.each([
  ["together", false],
  ["by project", true],
])("commands of several projects are written %s, each whole or not at all", async (_, grouped) => {
  const { sql, isDistributed } = database;
  const byProject = grouped || isDistributed;
  const places = PROJECTS.flatMap((project) => TASKS.map((task) => [project, task] as const));
  const first = await Promise.all(places.map(([p, t]) => decide(p, t, BigInt(10 * p + t))));
  const late = await Promise.all([1, 2].map((project) => decide(project, 3, BigInt(100 + project))));
  const write = writeChanges(sql, () => {}, { byProject });
  const times = await Promise.all([...first, ...late].map(write));
  // Of the two who want one task, one gets it.
  expect(times.filter((time) => time instanceof Date)).toHaveLength(first.length);
  const written = await sql`
    with slots as materialized (select * from lock_slots)
    select count(*)::integer as locks, count(distinct t.project_id)::integer as projects
    from tasks t join task_events e using (project_id, task_id)
      join slots s on s.holder = t.lock_holder and s.token = t.lock_token and e.lock_token = s.token
      join remembered_requests r on r.project_id = t.project_id and r.caller = t.lock_holder::text`;
  expect(written).toEqual([{ locks: 9, projects: 3 }]);
});
