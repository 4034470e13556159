import type { Task } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import type { Sql } from "@tessera/postgres/pool.ts";
import { liveLock } from "../task.ts";
import { type TaskRow, taskOf } from "./task-row.ts";

interface Read extends TaskRow {
  now: Date;
}

/** One task with its area; undefined if there is none. A lock that ran out is not shown. */
export async function getTask(sql: Sql, projectId: number, taskId: number): Promise<Task | undefined> {
  const [row] = await sql<Read[]>`
    select clock_timestamp() as now, t.*, a.zoom, a.x, a.y, a.area
    from tasks t join task_areas a using (project_id, task_id)
    where t.project_id = ${projectId} and t.task_id = ${taskId}`;
  return row && shown(row);
}

/** Tasks after a number, without their areas. */
export async function listTasks(sql: Sql, projectId: number, after: number, limit: number): Promise<Task[]> {
  const rows = await sql<Read[]>`
    select clock_timestamp() as now, t.*, a.zoom, a.x, a.y
    from tasks t join task_areas a using (project_id, task_id)
    where t.project_id = ${projectId} and t.task_id > ${after}
    order by t.task_id limit ${limit}`;
  return rows.map(shown);
}

/** Tasks after a number with their areas: at most `limit`, and no more than `limitBytes` of areas beyond the first. */
export async function listTasksWithAreas(
  sql: Sql,
  projectId: number,
  after: number,
  limit: number,
  limitBytes: number,
): Promise<Task[]> {
  const rows = await sql<Read[]>`
    select * from (
      select *, sum(octet_length(area)) over (order by task_id) - octet_length(area) as bytes_before from (
        select clock_timestamp() as now, t.*, a.zoom, a.x, a.y, a.area
        from tasks t join task_areas a using (project_id, task_id)
        where t.project_id = ${projectId} and t.task_id > ${after}
        order by t.task_id limit ${limit}
      ) page
    ) measured where bytes_before < ${limitBytes} order by task_id`;
  return rows.map(shown);
}

/** A lock that ran out is gone, which is an event of its own even before it is written down. */
function shown(row: Read): Task {
  const task = taskOf(row);
  const { lock } = task;
  if (lock === undefined || liveLock(task, row.now) !== undefined) return task;
  delete task.lock;
  task.revision += 1n;
  if (lock.expireTime !== undefined) task.updateTime = lock.expireTime;
  return task;
}
