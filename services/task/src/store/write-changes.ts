import { databaseFailure } from "@tessera/postgres/database-failure.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import { share } from "@tessera/postgres/share.ts";
import postgres from "postgres";
import { columnsOf, type Decided } from "./change-columns.ts";

/** Answers when it was written; undefined if a task was no longer as it was read, and nothing was. */
export type WriteChanges = (decided: Decided) => Promise<Date | undefined>;

const UNIQUE_VIOLATION = "23505";

/**
 * Writes what commands decided, all that come at the same time in one statement, which is the transaction: each command
 * whole or not at all. A statement holds one command per task and per holder at most, so that none waits for another in
 * it.
 */
export function writeChanges(sql: Sql, wrote: () => void): WriteChanges {
  const write = share<Decided, Date | undefined>({ run: (decided) => writeAll(sql, decided), keysOf });
  return async (decided) => {
    const commitTime = await write(decided).catch(undefinedIfRaced);
    if (commitTime !== undefined && decided.steps.some(({ change }) => change.events.length > 0)) wrote();
    return commitTime;
  };
}

function keysOf({ caller, steps }: Decided): string[] {
  const tasks = steps.map(({ before }) => `task ${before.projectId}/${before.taskId}`);
  const others = steps.flatMap(({ before }) => (before.lock ? [`holder ${before.lock.holderUserId}`] : []));
  return [...new Set([...tasks, ...others, `holder ${caller}`])];
}

/** The same request committed in between for another task, or two statements met in the wrong order. */
export function undefinedIfRaced(error: unknown): undefined {
  const raced = error instanceof postgres.PostgresError && error.code === UNIQUE_VIOLATION;
  if (raced || databaseFailure(error) === "conflict") return undefined;
  throw error;
}

/**
 * The time is read once, when all rows are locked: a lock that ran out while its row was waited for is seen to have.
 *
 * The rows are locked in the order of their keys, tasks before slots, so that two statements do not wait for each other.
 * What makes a command one: `write` holds the steps of those whose tasks are all as they were read, whose own locks
 * still hold, and who got all the slots; nothing is written for others.
 */
export async function writeAll(
  sql: Sql | TransactionSql,
  decided: readonly Decided[],
): Promise<(Date | undefined)[]> {
  const steps = decided.flatMap((one, command) =>
    one.steps.map((_, index) => columnsOf(one, command, index)),
  );
  const rows = await sql<{ command: number; commit_time: Date }[]>`
    with held as materialized (
      select c.*, t.lock_holder as was_holder, t.lock_purpose as was_purpose, t.lock_token as was_token,
        t.state_revision as before_state_revision, t.state_by as before_state_by, t.mapped_by as before_mapped_by,
        t.validated_by as before_validated_by
      from jsonb_to_recordset(${sql.json(steps)}) as c (
        command integer, head boolean, steps integer, slots integer, caller bigint, holds_until timestamptz,
        operation_id integer, request_project integer, request_caller text, request_id text, digest text, name text,
        name_revision bigint, response text,
        project_id integer, task_id integer, revision bigint, next_revision bigint,
        state smallint, mapped_by bigint, validated_by bigint, submission_count integer, priority smallint,
        state_revision bigint, state_by bigint, assigned_to bigint, assigned_until timestamptz, comment_count integer,
        report_count integer, lock_holder bigint, lock_purpose smallint, lock_token bigint, lock_time timestamptz,
        lock_expire_time timestamptz, lock_ended boolean, slot smallint, freed boolean, moved boolean,
        events jsonb, submission jsonb, comment jsonb, report jsonb)
      join tasks t on t.project_id = c.project_id and t.task_id = c.task_id
      where t.revision = c.revision
      order by c.project_id, c.task_id
      for update of t
    ), whole as materialized (
      select * from (
        select counted.*, (select date_trunc('milliseconds', clock_timestamp())) as commit_time from (
          select h.*, count(*) over (partition by command) as found from held h
        ) counted
        where found = steps offset 0
      ) timed
      where holds_until is null or commit_time < holds_until
    ), slot as (
      insert into lock_slots as s (holder, purpose, slot, project_id, task_id, token, expire_time)
      select lock_holder, lock_purpose, slot, project_id, task_id, lock_token, lock_expire_time
      from whole where slot is not null order by 1, 2, 3
      on conflict (holder, purpose, slot) do update set project_id = excluded.project_id,
        task_id = excluded.task_id, token = excluded.token, expire_time = excluded.expire_time
      where s.expire_time <= clock_timestamp()
      returning s.holder
    ), write as materialized (
      select * from whole
      where slots = 0 or case (select count(*) from slot s where s.holder = caller)
        when slots then true when 0 then false else give_up() end
    )${changes(sql)}${history(sql)}${noted(sql, steps)}, remembered as (
      insert into remembered_requests (project_id, caller, request_id, digest, name, revision, commit_time, response)
      select request_project, request_caller, request_id, decode(digest, 'base64'), name, name_revision, commit_time,
        decode(response, 'base64')
      from write where head and request_id is not null
    )
    select command, commit_time, (select count(*) from settled) as slots from write where head`;
  const written = new Map(rows.map((row) => [row.command, row.commit_time]));
  return decided.map((_, command) => written.get(command));
}

/** Writes the tasks, and the slots that their locks have. */
function changes(sql: Sql | TransactionSql) {
  return sql`, changed as (
      update tasks t set state = w.state, mapped_by = w.mapped_by, validated_by = w.validated_by,
        submission_count = w.submission_count, priority = w.priority, state_revision = w.state_revision,
        state_by = w.state_by, assigned_to = w.assigned_to, assigned_until = w.assigned_until,
        comment_count = w.comment_count, report_count = w.report_count, lock_holder = w.lock_holder,
        lock_purpose = w.lock_purpose, lock_token = w.lock_token, lock_time = w.lock_time,
        lock_expire_time = w.lock_expire_time, lock_ended = w.lock_ended, update_time = w.commit_time, revision = w.next_revision
      from write w
      where t.project_id = w.project_id and t.task_id = w.task_id and w.next_revision > w.revision
    ), settled as materialized (
      select settle_slot(was_holder, was_purpose, was_token, project_id, task_id,
        case when moved then lock_expire_time end)
      from write where freed or moved
    )`;
}

/** Writes what was handed in, and what happened. */
function history(sql: Sql | TransactionSql) {
  return sql`, submitted as (
      insert into submissions (project_id, task_id, submission_id, user_id, outcome, comment, lock_token, issues,
        create_time)
      select w.project_id, w.task_id, w.submission_count, s.user_id, s.outcome, s.comment, s.lock_token, s.issues,
        w.commit_time
      from write w, jsonb_to_record(w.submission) as s (user_id bigint, outcome smallint, comment text,
        lock_token bigint, issues jsonb)
      where w.submission is not null
    ), appended as (
      insert into task_events (project_id, task_id, revision, kind, actor, event_time, commit_time, from_state,
        to_state, lock_holder, lock_purpose, lock_token, lock_time, lock_expire_time, submission_id, assigned_to,
        comment_id, report_id, priority, operation_id, before_state_revision, before_state_by, before_mapped_by,
        before_validated_by)
      select w.project_id, w.task_id, e.revision, e.kind, e.actor, coalesce(e.event_time, w.commit_time),
        w.commit_time, e.from_state, e.to_state, e.lock_holder, e.lock_purpose, e.lock_token, e.lock_time,
        e.lock_expire_time, e.submission_id, e.assigned_to, e.comment_id, e.report_id, e.priority, w.operation_id,
        w.before_state_revision, w.before_state_by, w.before_mapped_by, w.before_validated_by
      from write w, jsonb_to_recordset(w.events) as e (revision bigint, kind smallint, actor bigint,
          event_time timestamptz, from_state smallint, to_state smallint, lock_holder bigint, lock_purpose smallint,
          lock_token bigint, lock_time timestamptz, lock_expire_time timestamptz, submission_id integer,
          assigned_to bigint, comment_id integer, report_id integer, priority smallint)
    )`;
}

/** What is seldom written is part of the statement only where it is: a statement is quicker without it. */
function noted(sql: Sql | TransactionSql, steps: ReturnType<typeof columnsOf>[]) {
  if (!steps.some((it) => "comment" in it || "report" in it)) return sql``;
  return sql`, commented as (
      insert into comments (project_id, task_id, comment_id, user_id, text, create_time)
      select w.project_id, w.task_id, w.comment_count, c.user_id, c.text, w.commit_time
      from write w, jsonb_to_record(w.comment) as c (user_id bigint, text text)
      where w.comment is not null
    ), reported as (
      insert into reports (project_id, task_id, report_id, user_id, longitude, latitude, category, description,
        source, external_id, invalidated, create_time)
      select w.project_id, w.task_id, w.report_count, r.user_id, r.longitude, r.latitude, r.category, r.description,
        r.source, r.external_id, r.invalidated, w.commit_time
      from write w, jsonb_to_record(w.report) as r (user_id bigint, longitude float8, latitude float8, category text,
        description text, source text, external_id text, invalidated boolean)
      where w.report is not null
    )`;
}
