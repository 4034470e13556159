import type { DescMessage } from "@bufbuild/protobuf";
import { beginFor } from "@tessera/postgres/begin-for.ts";
import type { Answer, Attempt, Written } from "@tessera/postgres/command.ts";
import { databaseFailure } from "@tessera/postgres/database-failure.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import { rememberRequest } from "@tessera/postgres/requests.ts";
import { share, WAITS } from "@tessera/postgres/share.ts";
import postgres from "postgres";
import { columnsOf, type Decided } from "./change-columns.ts";
import type { Change } from "./task.ts";
import type { WholeTask } from "./whole-task.ts";
import { seldom } from "./write-seldom.ts";

/** Returns the time of the write; undefined if a task had changed since it was read and nothing was written. */
export type WriteChanges = (decided: Decided) => Promise<Date | undefined>;

const UNIQUE_VIOLATION = "23505";
const LOCK_NOT_AVAILABLE = "55P03";
/**
 * A shared statement waits for no task. The wait for slots and requests, whose holders no statement can see, in
 * milliseconds: longer than a commit takes. A caller that leaves meanwhile leaves too late.
 */
const SHARED_WAIT_MS = 250;

/**
 * Writes what commands decided, all that come at the same time in one statement, which is the transaction: each command
 * whole or not at all. A statement holds one command per task and per holder at most, so that none waits for another in
 * it; and a command that waits for another transaction does so alone.
 */
export function writeChanges(sql: Sql, wrote: () => void): WriteChanges {
  const write = share<Decided, Date | undefined>({
    run: (decided, mayWait) => (mayWait ? writeAlone(sql, decided) : writeAtOnce(sql, decided)),
    mustBeWanted: ({ attempt }) => attempt?.throwIfGone(),
    isWait: (error) => error instanceof postgres.PostgresError && error.code === LOCK_NOT_AVAILABLE,
    keysOf,
  });
  return async (decided) => {
    const commitTime = await write(decided).catch(undefinedIfRaced);
    if (commitTime !== undefined && decided.changes.some(({ events }) => events.length > 0)) wrote();
    return commitTime;
  };
}

/**
 * Writes all that a command changes, and its answer, or nothing. Returns undefined if a task is no longer as it was read, a
 * lock that the command needs has expired, or a twin has taken effect.
 */
export function writeCommand(write: WriteChanges) {
  return async <O extends DescMessage>(
    attempt: Attempt<O>,
    changes: Change[],
    answer: Answer<O>,
  ): Promise<Written<O> | undefined> => {
    const remember = attempt.remember(answer);
    const commitTime = await write({ caller: attempt.caller.userId, changes, remember, attempt });
    return commitTime && { ...answer, commitTime };
  };
}

function keysOf({ caller, changes }: Decided): string[] {
  const tasks = changes.map(({ before }) => `task ${before.projectId}/${before.taskId}`);
  const others = changes.flatMap(({ before }) => (before.lock ? [`holder ${before.lock.holderUserId}`] : []));
  return [...new Set([...tasks, ...others, `holder ${caller}`])];
}

/** Writes what may wait for others; its caller may go meanwhile. */
function writeAlone(sql: Sql, decided: readonly Decided[]): Promise<(Date | undefined)[]> {
  const [one] = decided;
  const { context } = one?.attempt ?? {};
  return context ? beginFor(sql, context, (tx) => writeAll(tx, decided)) : writeAll(sql, decided);
}

/** Writes the commands that need no wait, and returns those that would have to wait for a task. */
async function writeAtOnce(
  sql: Sql,
  decided: readonly Decided[],
): Promise<(Date | undefined | typeof WAITS)[]> {
  const times = await writeAll(sql, decided, { waitMs: SHARED_WAIT_MS });
  if (!times.includes(undefined)) return times;
  const read = decided.flatMap(({ changes }, index) =>
    times[index] ? [] : changes.map(({ before }) => before),
  );
  const same = await stillAsRead(sql, read);
  return decided.map(({ changes }, index) => {
    const stands = changes.every(({ before }) => same.has(before));
    // An unchanged task that was not written is held by another user, or the command's own lock has expired.
    return times[index] ?? (stands ? WAITS : undefined);
  });
}

/** Those of the tasks that are as they were read. */
async function stillAsRead(sql: Sql, tasks: readonly WholeTask[]): Promise<Set<WholeTask>> {
  const rows = await sql<{ place: bigint }[]>`
    select w.place from unnest(
        ${tasks.map(({ projectId }) => projectId)}::integer[], ${tasks.map(({ taskId }) => taskId)}::integer[],
        ${tasks.map(({ revision }) => String(revision))}::bigint[]
      ) with ordinality as w (project_id, task_id, revision, place)
    cross join lateral (
      select from tasks t
      where t.project_id = w.project_id and t.task_id = w.task_id and t.revision = w.revision limit 1
    ) same`;
  return new Set(rows.flatMap(({ place }) => tasks[Number(place) - 1] ?? []));
}

/** The same request committed in between for another task, or two statements met in the wrong order. */
export function undefinedIfRaced(error: unknown): undefined {
  const raced = error instanceof postgres.PostgresError && error.code === UNIQUE_VIOLATION;
  if (raced || databaseFailure(error) === "conflict") return undefined;
  throw error;
}

/**
 * With `waitMs`, tasks that others hold are left out, and nothing else is waited for longer than that.
 *
 * The time is read once, when all rows are locked: a lock that expired during the wait for its row counts as expired.
 *
 * The rows are locked in the order of their keys, tasks before slots, so that two statements do not wait for each other.
 * What makes a command one: `write` holds the steps of those whose tasks are all as they were read, whose own locks
 * still hold, and who got all the slots; nothing is written for others.
 */
export async function writeAll(
  sql: Sql | TransactionSql,
  decided: readonly Decided[],
  { waitMs }: { waitMs?: number } = {},
): Promise<(Date | undefined)[]> {
  const limited = waitMs !== undefined;
  const steps = decided.flatMap((one, command) =>
    one.changes.map((_, index) => columnsOf(one, command, index)),
  );
  const rows = await sql<{ command: number; commit_time: Date }[]>`
    with ${limited ? waiting(sql, waitMs) : sql``}held as materialized (
      select c.*, t.lock_holder as was_holder, t.lock_purpose as was_purpose, t.lock_token as was_token,
        t.state_revision as before_state_revision, t.state_by as before_state_by, t.mapped_by as before_mapped_by,
        t.validated_by as before_validated_by
      from ${limited ? sql`waiting cross join` : sql``} jsonb_to_recordset(${sql.json(steps)}) as c (
        command integer, head boolean, steps integer, slots integer, caller bigint, holds_until timestamptz,
        operation_id integer, request_project integer, request_caller text, request_id text, digest text, name text,
        name_revision bigint, response text,
        project_id integer, task_id integer, revision bigint, next_revision bigint,
        state smallint, mapped_by bigint, validated_by bigint, submission_count integer, priority smallint,
        state_revision bigint, state_by bigint, assigned_to bigint, assigned_until timestamptz, comment_count integer,
        report_count integer, outside boolean, lock_holder bigint, lock_purpose smallint, lock_token bigint, lock_time timestamptz,
        lock_expire_time timestamptz, lock_ended boolean, slot smallint, freed boolean, moved boolean,
        event_kind smallint, event_actor bigint, event_time timestamptz, event_from_state smallint,
        event_to_state smallint, event_lock_holder bigint, event_lock_purpose smallint, event_lock_token bigint,
        event_lock_time timestamptz, event_lock_expire_time timestamptz, event_submission_id integer,
        event_assigned_to bigint, event_comment_id integer, event_report_id integer, event_priority smallint,
        submitted_by bigint, outcome smallint, submission_comment text, submission_token bigint, issues jsonb,
        events jsonb, comment jsonb, report jsonb)
      join tasks t on t.project_id = c.project_id and t.task_id = c.task_id
      where t.revision = c.revision
      order by c.project_id, c.task_id
      for update of t ${limited ? sql`skip locked` : sql``}
    ), whole as materialized (
      select * from (
        select counted.*, (select date_trunc('milliseconds', clock_timestamp())) as commit_time from (
          select h.*, count(*) over (partition by command) as found from held h
        ) counted
        where found = steps offset 0
      ) timed
      where holds_until is null or commit_time < holds_until
    )${slots(sql, steps)}${changes(sql)}${freed(sql, steps)}${history(sql)}${seldom(sql, steps)}, remembered as (
      ${remembered(sql)}
    )
    select command, commit_time${settles(steps) ? sql`, (select count(*) from settled) as slots` : sql``} from write where head`;
  const written = new Map(rows.map((row) => [row.command, row.commit_time]));
  return decided.map((_, command) => written.get(command));
}

/** Remembers the requests of the commands that are written. */
function remembered(sql: Sql | TransactionSql) {
  const request = {
    projectId: sql`request_project`,
    caller: sql`request_caller`,
    requestId: sql`request_id`,
    digest: sql`decode(digest, 'base64')`,
    name: sql`name`,
    revision: sql`name_revision`,
    commitTime: sql`commit_time`,
    response: sql`decode(response, 'base64')`,
  };
  return rememberRequest(sql, request, sql`from write where head and request_id is not null`);
}

/** Limits, for this statement alone, how long a row is waited for. It comes before all that locks rows. */
function waiting(sql: Sql | TransactionSql, waitMs: number) {
  return sql`waiting as materialized (select set_config('lock_timeout', ${String(waitMs)}, true)), `;
}

/** The columns of what is written, a row for each change. */
export type Columns = readonly ReturnType<typeof columnsOf>[];

/** Takes the slots that new locks need. What no step needs is no part of the statement, which is quicker without it. */
function slots(sql: Sql | TransactionSql, steps: Columns) {
  if (!steps.some(({ slot }) => slot !== null)) return sql`, write as materialized (select * from whole)`;
  return sql`, slot as (
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
    )`;
}

/** Writes the tasks. */
function changes(sql: Sql | TransactionSql) {
  return sql`, changed as (
      update tasks t set state = coalesce(w.state, t.state), mapped_by = coalesce(w.mapped_by, t.mapped_by),
        validated_by = coalesce(w.validated_by, t.validated_by),
        submission_count = coalesce(w.submission_count, t.submission_count),
        priority = coalesce(w.priority, t.priority), state_revision = coalesce(w.state_revision, t.state_revision),
        state_by = coalesce(w.state_by, t.state_by), assigned_to = coalesce(w.assigned_to, t.assigned_to),
        assigned_until = case when w.assigned_to is null then t.assigned_until else w.assigned_until end,
        comment_count = coalesce(w.comment_count, t.comment_count),
        report_count = coalesce(w.report_count, t.report_count), outside = coalesce(w.outside, t.outside),
        lock_holder = w.lock_holder,
        lock_purpose = w.lock_purpose, lock_token = w.lock_token, lock_time = w.lock_time,
        lock_expire_time = w.lock_expire_time, lock_ended = w.lock_ended, update_time = w.commit_time, revision = w.next_revision
      from write w
      where t.project_id = w.project_id and t.task_id = w.task_id and w.next_revision > w.revision
    )`;
}

function settles(steps: Columns): boolean {
  return steps.some(({ freed, moved }) => freed || moved);
}

/** Frees the slots of locks that end, and updates those of extended locks. */
function freed(sql: Sql | TransactionSql, steps: Columns) {
  if (!settles(steps)) return sql``;
  return sql`, settled as materialized (
      select settle_slot(was_holder, was_purpose, was_token, project_id, task_id,
        case when moved then lock_expire_time end)
      from write where freed or moved
    )`;
}

/** Writes what happened last to each task, which is mostly all that happened. */
function history(sql: Sql | TransactionSql) {
  return sql`, appended as (
      insert into task_events (project_id, task_id, revision, kind, actor, event_time, commit_time, from_state,
        to_state, lock_holder, lock_purpose, lock_token, lock_time, lock_expire_time, submission_id, assigned_to,
        comment_id, report_id, priority, operation_id, before_state_revision, before_state_by, before_mapped_by,
        before_validated_by)
      select project_id, task_id, next_revision, event_kind, event_actor, coalesce(event_time, commit_time),
        commit_time, event_from_state, event_to_state, event_lock_holder, event_lock_purpose, event_lock_token,
        event_lock_time, event_lock_expire_time, event_submission_id, event_assigned_to, event_comment_id,
        event_report_id, event_priority, operation_id, before_state_revision, before_state_by, before_mapped_by,
        before_validated_by
      from write where event_kind is not null
    )`;
}
