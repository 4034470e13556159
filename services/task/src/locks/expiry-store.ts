import type { Sql } from "@tessera/postgres/pool.ts";
import { eachProject, type Grouping } from "../tasks/each-project.ts";
import type { Slot } from "../tasks/lock-slots.ts";
import { begin, liveLock } from "../tasks/task.ts";
import { type TaskRow, taskOf } from "../tasks/task-row.ts";
import type { WriteChanges } from "../tasks/write-store.ts";

/** The most locks read in one statement. */
const SWEPT_MAX = 500;

/**
 * Writes the expiry of locks, each on its own: the task is free, the history says when, the slot is gone. What
 * somebody else wrote down meanwhile stays as that left it.
 */
export function expireLocks(sql: Sql, write: WriteChanges, grouping: Grouping) {
  return async (slots: readonly Pick<Slot, "projectId" | "taskId">[]): Promise<void> => {
    const rows = await eachProject(slots, grouping, (some, projectId) => readLocked(sql, some, projectId));
    await Promise.all(
      rows.map(({ now, ...row }) => {
        const task = taskOf(row);
        if (task.lock === undefined || liveLock(task, now) !== undefined) return undefined;
        const known = { projectId: task.projectId, taskId: task.taskId, task, slots: [], now };
        return write({ caller: 0n, changes: [begin(known)] });
      }),
    );
  };
}

function readLocked(sql: Sql, slots: readonly Pick<Slot, "projectId" | "taskId">[], projectId?: number) {
  const expired = slots.map((it) => ({ project_id: it.projectId, task_id: it.taskId }));
  const project = projectId === undefined ? sql`s.project_id` : sql`${projectId}`;
  return sql<(TaskRow & { now: Date })[]>`
    select date_trunc('milliseconds', clock_timestamp()) as now, t.*
    from jsonb_to_recordset(${sql.json(expired)}) as s (project_id integer, task_id integer)
    cross join lateral (
      select * from tasks t where t.project_id = ${project} and t.task_id = s.task_id limit 1
    ) t`;
}

/** The slots of expired locks, the earliest first. Every lock has one until its end is written down. */
export function lapsedSlots(sql: Sql): Promise<Pick<Slot, "projectId" | "taskId">[]> {
  return sql<Pick<Slot, "projectId" | "taskId">[]>`
    select project_id as "projectId", task_id as "taskId" from lock_slots
    where expire_time <= clock_timestamp() order by expire_time limit ${SWEPT_MAX}`;
}
