import { timestampDate } from "@bufbuild/protobuf/wkt";
import type { Lock } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import type { TaskEvent } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import type { Task } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { databaseFailure } from "@tessera/postgres/database-failure.ts";
import type { Sql } from "@tessera/postgres/pool.ts";
import type { Outcome, RequestKey } from "@tessera/postgres/requests.ts";
import { share } from "@tessera/postgres/share.ts";
import postgres from "postgres";
import type { Change } from "../task.ts";

/** A change, the task from which it was made, and the request that it answers. */
export interface Decided {
  before: Task | undefined;
  change: Change;
  remember: RequestKey & Omit<Outcome, "commitTime">;
}

/** Answers when the change was written; undefined if the task was no longer as it was read, and nothing was. */
export type WriteChange = (decided: Decided) => Promise<Date | undefined>;

const UNIQUE_VIOLATION = "23505";

/**
 * Writes changes, all that come at the same time in one statement, which is the transaction: each whole or not at all.
 * A statement holds one change per task and per holder at most, so that none waits for another in it.
 */
export function writeChanges(sql: Sql, wrote: () => void): WriteChange {
  const write = share<Decided, Date | undefined>({
    run: (decided) => writeAll(sql, decided),
    keysOf: ({ change: { task }, remember }) => [
      `task ${task.projectId}/${task.taskId}`,
      `holder ${remember.caller}`,
    ],
  });
  return async (decided) => {
    try {
      const commitTime = await write(decided);
      if (commitTime !== undefined && decided.change.events.length > 0) wrote();
      return commitTime;
    } catch (error) {
      // The same request committed in between for another task, or two statements met in the wrong order.
      const raced = error instanceof postgres.PostgresError && error.code === UNIQUE_VIOLATION;
      if (raced || databaseFailure(error) === "conflict") return undefined;
      throw error;
    }
  };
}

/**
 * The rows are locked in the order of their keys, tasks before slots, so that two statements never wait for each other.
 * What makes a command one: `granted` holds those whose task is as it was read, whose own lock still holds, and who got
 * the slot; all that is written is written for those.
 */
async function writeAll(sql: Sql, decided: Decided[]): Promise<(Date | undefined)[]> {
  const rows = await sql<{ project_id: number; task_id: number; commit_time: Date }[]>`
    with change as materialized (
      select * from jsonb_to_recordset(${sql.json(decided.map(rowOf))}) as c (
        project_id integer, task_id integer, revision bigint, next_revision bigint, holds_until timestamptz,
        state smallint, mapped_by bigint, validated_by bigint, submission_count integer,
        lock_holder bigint, lock_purpose smallint, lock_token bigint, lock_time timestamptz,
        lock_expire_time timestamptz, slot smallint, caller bigint, present_token bigint, slot_expire_time timestamptz,
        outcome smallint, comment text, events jsonb,
        request_id text, digest text, name text, name_revision bigint, response text)
    ), held as materialized (
      select c.* from change c join tasks t on t.project_id = c.project_id and t.task_id = c.task_id
      where t.revision = c.revision
      order by c.project_id, c.task_id
      for update of t
    ), slot as (
      insert into lock_slots as s (holder, purpose, slot, project_id, task_id, token, expire_time)
      select caller, lock_purpose, slot, project_id, task_id, lock_token, lock_expire_time
      from held where slot is not null order by caller
      on conflict (holder, purpose, slot) do update set project_id = excluded.project_id,
        task_id = excluded.task_id, token = excluded.token, expire_time = excluded.expire_time
      where s.expire_time <= clock_timestamp()
      returning s.holder
    ), granted as materialized (
      select h.*, date_trunc('milliseconds', clock_timestamp()) as commit_time from held h
      where (h.slot is null or h.caller in (select holder from slot))
        and (h.holds_until is null or clock_timestamp() < h.holds_until)
    ), changed as (
      update tasks t set state = g.state, mapped_by = g.mapped_by, validated_by = g.validated_by,
        submission_count = g.submission_count, lock_holder = g.lock_holder, lock_purpose = g.lock_purpose,
        lock_token = g.lock_token, lock_time = g.lock_time, lock_expire_time = g.lock_expire_time,
        update_time = g.commit_time, revision = g.next_revision
      from granted g
      where t.project_id = g.project_id and t.task_id = g.task_id and g.next_revision > g.revision
    ), freed as (
      delete from lock_slots s using granted g
      where s.holder = g.caller and s.project_id = g.project_id and s.task_id = g.task_id
        and s.token = g.present_token and g.slot_expire_time is null
    ), extended as (
      update lock_slots s set expire_time = g.slot_expire_time from granted g
      where s.holder = g.caller and s.project_id = g.project_id and s.task_id = g.task_id
        and s.token = g.present_token and g.slot_expire_time is not null
    ), submitted as (
      insert into submissions (project_id, task_id, submission_id, user_id, outcome, comment, lock_token, create_time)
      select project_id, task_id, submission_count, caller, outcome, comment, present_token, commit_time
      from granted where outcome is not null
    ), appended as (
      insert into task_events (project_id, task_id, revision, kind, actor, event_time, commit_time, from_state,
        to_state, lock_holder, lock_purpose, lock_token, lock_time, lock_expire_time, submission_id)
      select g.project_id, g.task_id, e.revision, e.kind, e.actor, coalesce(e.event_time, g.commit_time),
        g.commit_time, e.from_state, e.to_state, e.lock_holder, e.lock_purpose, e.lock_token, e.lock_time,
        e.lock_expire_time, e.submission_id
      from granted g, jsonb_to_recordset(g.events) as e (revision bigint, kind smallint, actor bigint,
        event_time timestamptz, from_state smallint, to_state smallint, lock_holder bigint, lock_purpose smallint,
        lock_token bigint, lock_time timestamptz, lock_expire_time timestamptz, submission_id integer)
    ), remembered as (
      insert into remembered_requests (project_id, caller, request_id, digest, name, revision, commit_time, response)
      select project_id, caller::text, request_id, decode(digest, 'base64'), name, name_revision, commit_time,
        decode(response, 'base64')
      from granted
    )
    select project_id, task_id, commit_time from granted`;
  const written = new Map(rows.map((row) => [`${row.project_id}/${row.task_id}`, row.commit_time]));
  return decided.map(({ change: { task } }) => written.get(`${task.projectId}/${task.taskId}`));
}

function rowOf({ before, change, remember }: Decided) {
  const { task, submission } = change;
  const present = before?.lock;
  const ended = present !== undefined && task.lock?.token !== present.token && change.slot === undefined;
  const kept = present !== undefined && task.lock?.token === present.token;
  return {
    project_id: task.projectId,
    task_id: task.taskId,
    revision: String(before?.revision ?? 0n),
    next_revision: String(task.revision),
    holds_until: change.holdsUntil?.toISOString() ?? null,
    state: task.state,
    mapped_by: String(task.mappedByUserId),
    validated_by: String(task.validatedByUserId),
    submission_count: task.submissionCount,
    ...lockColumns(task.lock),
    slot: change.slot ?? null,
    caller: remember.caller,
    // Which slot is freed or extended: that of the lock that the caller had before.
    present_token: ended || kept ? String(present.token) : null,
    slot_expire_time: kept ? timeOf(task.lock?.expireTime) : null,
    outcome: submission?.outcome ?? null,
    comment: submission?.comment ?? null,
    events: change.events.map(eventColumns),
    request_id: remember.requestId,
    digest: remember.digest.toString("base64"),
    name: remember.name,
    name_revision: String(remember.revision),
    response: Buffer.from(remember.response).toString("base64"),
  };
}

function eventColumns(event: TaskEvent) {
  return {
    revision: String(event.revision),
    kind: event.kind,
    actor: String(event.actorUserId),
    event_time: timeOf(event.eventTime),
    from_state: event.fromState,
    to_state: event.toState,
    ...lockColumns(event.lock),
    submission_id: event.submissionId,
  };
}

function lockColumns(lock: Lock | undefined) {
  return {
    lock_holder: lock === undefined ? null : String(lock.holderUserId),
    lock_purpose: lock?.purpose ?? null,
    lock_token: lock === undefined ? null : String(lock.token),
    lock_time: timeOf(lock?.lockTime),
    lock_expire_time: timeOf(lock?.expireTime),
  };
}

function timeOf(time: Lock["expireTime"]): string | null {
  return time === undefined ? null : timestampDate(time).toISOString();
}
