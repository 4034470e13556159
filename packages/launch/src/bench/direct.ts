import { randomUUID } from "node:crypto";
import type { Sql } from "@tessera/postgres/pool.ts";
import type { Work } from "./load.ts";

/** A project that only the bench knows, written straight into the task service's database. */
const PROJECT = 1_000_000;

/**
 * What the same work costs without services: lock and submit as one data-modifying statement each, by postgres.js, with
 * the same rows written: task, slot, event, request, submission.
 */
export async function directWork(sql: Sql, tasks: number): Promise<Work> {
  await makeReady(sql, tasks);
  let next = 0;
  return async (worker) => {
    const taskId = (next++ % tasks) + 1;
    const token = await lock(sql, taskId, 1_000_000 + worker);
    if (token !== undefined) await submit(sql, taskId, 1_000_000 + worker, token);
    return 2;
  };
}

/** As `directWork`, for whichever task is free after one that is drawn by lot, passing by those that others are about to take. */
export async function directClaimWork(sql: Sql, tasks: number): Promise<Work> {
  await makeReady(sql, tasks);
  return async (worker) => {
    const from = 1 + Math.floor(Math.random() * tasks);
    const claimed = await claim(sql, from, 1_000_000 + worker);
    if (claimed === undefined) return 1;
    await submit(sql, claimed.taskId, 1_000_000 + worker, claimed.revision);
    return 2;
  };
}

/** All tasks READY, as if nobody had worked yet. */
async function makeReady(sql: Sql, tasks: number): Promise<void> {
  await sql`delete from tasks where project_id = ${PROJECT}`;
  await sql`delete from task_events where project_id = ${PROJECT}`;
  await sql`delete from submissions where project_id = ${PROJECT}`;
  await sql`insert into tasks (project_id, task_id, state, create_time, update_time, revision)
    select ${PROJECT}, id, 1, now(), now(), 1 from generate_series(1, ${tasks}) as id`;
}

const DIGEST = Buffer.alloc(32);
const RESPONSE = Buffer.alloc(16);

async function lock(sql: Sql, taskId: number, holder: number): Promise<bigint | undefined> {
  const [row] = await sql<{ revision: bigint }[]>`
    with slot as (
      insert into lock_slots as s (holder, purpose, slot, project_id, task_id, token, expire_time)
      select ${holder}, 1, 1, project_id, task_id, revision + 1, now() + interval '2 hours' from tasks
      where project_id = ${PROJECT} and task_id = ${taskId}
        and (lock_expire_time is null or lock_expire_time <= clock_timestamp()) for update
      on conflict (holder, purpose, slot) do update set task_id = excluded.task_id, token = excluded.token,
        expire_time = excluded.expire_time where s.expire_time <= clock_timestamp()
      returning holder
    ), changed as (
      update tasks set lock_holder = slot.holder, lock_purpose = 1, lock_token = revision + 1, lock_time = now(),
        lock_expire_time = now() + interval '2 hours', update_time = now(), revision = revision + 1
      from slot where project_id = ${PROJECT} and task_id = ${taskId} returning *
    ), event as (
      insert into task_events (project_id, task_id, revision, kind, actor, event_time, commit_time, from_state,
        to_state, lock_holder, lock_purpose, lock_token, lock_time, lock_expire_time)
      select project_id, task_id, revision, 2, ${holder}, now(), now(), state, state, lock_holder, lock_purpose,
        lock_token, lock_time, lock_expire_time from changed
    ), request as (
      insert into remembered_requests
      select project_id, ${String(holder)}, ${randomUUID()}, ${DIGEST}, 'lock', revision, now(), ${RESPONSE} from changed
    )
    select revision from changed`;
  return row?.revision;
}

async function claim(
  sql: Sql,
  from: number,
  holder: number,
): Promise<{ taskId: number; revision: bigint } | undefined> {
  const [row] = await sql<{ taskId: number; revision: bigint }[]>`
    with chosen as (
      select task_id, revision from tasks
      where project_id = ${PROJECT} and state = 1 and task_id >= ${from}
        and (lock_expire_time is null or lock_expire_time <= clock_timestamp())
      order by task_id limit 1 for update skip locked
    ), slot as (
      insert into lock_slots as s (holder, purpose, slot, project_id, task_id, token, expire_time)
      select ${holder}, 1, 1, ${PROJECT}, task_id, revision + 1, now() + interval '2 hours' from chosen
      on conflict (holder, purpose, slot) do update set task_id = excluded.task_id, token = excluded.token,
        expire_time = excluded.expire_time where s.expire_time <= clock_timestamp()
      returning holder, s.task_id
    ), changed as (
      update tasks t set lock_holder = slot.holder, lock_purpose = 1, lock_token = revision + 1, lock_time = now(),
        lock_expire_time = now() + interval '2 hours', update_time = now(), revision = revision + 1
      from slot where project_id = ${PROJECT} and t.task_id = slot.task_id returning t.*
    ), event as (
      insert into task_events (project_id, task_id, revision, kind, actor, event_time, commit_time, from_state,
        to_state, lock_holder, lock_purpose, lock_token, lock_time, lock_expire_time)
      select project_id, task_id, revision, 2, ${holder}, now(), now(), state, state, lock_holder, lock_purpose,
        lock_token, lock_time, lock_expire_time from changed
    ), request as (
      insert into remembered_requests
      select project_id, ${String(holder)}, ${randomUUID()}, ${DIGEST}, 'lock', revision, now(), ${RESPONSE} from changed
    )
    select task_id as "taskId", revision from changed`;
  return row;
}

async function submit(sql: Sql, taskId: number, holder: number, token: bigint): Promise<void> {
  await sql`
    with changed as (
      update tasks set state = 2, state_revision = revision + 1, state_by = ${holder}, lock_holder = null,
        lock_purpose = null, lock_token = null, lock_time = null, lock_expire_time = null, mapped_by = ${holder},
        submission_count = submission_count + 1, update_time = now(), revision = revision + 1
      where project_id = ${PROJECT} and task_id = ${taskId} and lock_holder = ${holder} and lock_token = ${token}
        and lock_expire_time > clock_timestamp()
      returning *
    ), freed as (
      delete from lock_slots using changed where holder = ${holder} and purpose = 1 and slot = 1
    ), submitted as (
      insert into submissions
      select project_id, task_id, submission_count, ${holder}, 1, '', ${token}, now() from changed
    ), event as (
      insert into task_events (project_id, task_id, revision, kind, actor, event_time, commit_time, from_state,
        to_state, submission_id)
      select project_id, task_id, revision, 6, ${holder}, now(), now(), 1, state, submission_count from changed
    ), request as (
      insert into remembered_requests
      select project_id, ${String(holder)}, ${randomUUID()}, ${DIGEST}, 'submit', revision, now(), ${RESPONSE}
      from changed
    )
    select from changed`;
}
