import type { Sql } from "@tessera/postgres/pool.ts";
import type { Outcome, RequestKey } from "@tessera/postgres/requests.ts";
import { share } from "@tessera/postgres/share.ts";
import type { Slot } from "./lock-slots.ts";
import type { Earlier, Known } from "./task.ts";
import { type TaskRow, taskOf } from "./task-row.ts";
import type { WholeTask } from "./whole-task.ts";

/** What a command wants to know before it decides. */
export interface Wanted {
  key: RequestKey;
  /** 0 for no task. */
  taskId: number;
  holder: bigint;
  /** 0 for no slots. */
  purpose: number;
}

/** What was remembered of a request, if it was answered before. */
export interface Remembered {
  remembered: (Outcome & { digest: Uint8Array }) | undefined;
}

export type ReadTask = (wanted: Wanted) => Promise<Known & Remembered>;

interface Row extends TaskRow {
  now: Date;
  digest: Buffer | null;
  name: string;
  request_revision: bigint;
  commit_time: Date;
  response: Buffer;
  slots: [slot: number, projectId: number, taskId: number, expireMs: number][] | null;
}

/**
 * Reads, in one statement for all who ask at the same time: the remembered request, the task, the slots, the clock. Rows are
 * looked up one by one (lateral, limit 1): a join would read the tables whole by a plan that is made while they are small.
 */
export function readTask(sql: Sql): ReadTask {
  return share({ run: (wanted) => read(sql, wanted) });
}

async function read(sql: Sql, wanted: Wanted[]) {
  const rows = await sql<Row[]>`
    select date_trunc('milliseconds', clock_timestamp()) as now,
      r.digest, r.name, r.revision as request_revision, r.commit_time, r.response,
      w.project_id, w.task_id, t.state, t.mapped_by, t.validated_by, t.submission_count,
      t.priority, t.parent_id, t.state_revision, t.state_by, t.assigned_to, t.assigned_until, t.comment_count,
      t.report_count, t.outside, t.lock_holder, t.lock_purpose, t.lock_token, t.lock_time, t.lock_expire_time, t.lock_ended,
      t.create_time, t.update_time, t.revision,
      (select json_agg(json_build_array(s.slot, s.project_id, s.task_id, extract(epoch from s.expire_time) * 1000))
        from lock_slots s where s.holder = w.holder and s.purpose = w.purpose) as slots
    from unnest(
        ${wanted.map(({ key }) => key.projectId)}::integer[], ${wanted.map(({ taskId }) => taskId)}::integer[],
        ${wanted.map(({ key }) => key.caller)}::text[], ${wanted.map(({ key }) => key.requestId)}::text[],
        ${wanted.map(({ holder }) => String(holder))}::bigint[], ${wanted.map(({ purpose }) => purpose)}::smallint[]
      ) with ordinality as w (project_id, task_id, caller, request_id, holder, purpose, place)
    left join lateral (
      select * from remembered_requests r
      where r.project_id = w.project_id and r.caller = w.caller and r.request_id = w.request_id limit 1
    ) r on true
    left join lateral (
      select * from tasks t where t.project_id = w.project_id and t.task_id = w.task_id limit 1
    ) t on true
    order by w.place`;
  return rows.map((row) => ({
    projectId: row.project_id,
    taskId: row.task_id,
    task: row.revision === null ? undefined : taskOf(row),
    slots: (row.slots ?? []).map(
      ([slot, projectId, taskId, expireMs]): Slot => ({
        slot,
        projectId,
        taskId,
        expireTime: new Date(expireMs),
      }),
    ),
    now: row.now,
    remembered:
      row.digest === null
        ? undefined
        : {
            digest: row.digest,
            name: row.name,
            revision: row.request_revision,
            commitTime: row.commit_time,
            response: row.response,
          },
  }));
}

/** Tasks of a project by number, as they are stored. */
export async function readTasks(
  sql: Sql,
  projectId: number,
  taskIds: readonly number[],
): Promise<Map<number, WholeTask>> {
  const rows = await sql<TaskRow[]>`
    select * from tasks where project_id = ${projectId} and task_id = any(${taskIds}::integer[])`;
  return new Map(rows.map((row) => [row.task_id, taskOf(row)]));
}

/** What stood before the task's present state; undefined if it is as it was created. Events never change. */
export async function readEarlier(sql: Sql, task: WholeTask): Promise<Earlier | undefined> {
  const [row] = await sql<Earlier[]>`
    select from_state as state, before_state_revision as "stateRevision", before_state_by as "stateUserId",
      before_mapped_by as "mappedByUserId", before_validated_by as "validatedByUserId"
    from task_events
    where project_id = ${task.projectId} and task_id = ${task.taskId} and revision = ${task.stateRevision}`;
  return row;
}
