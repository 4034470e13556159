import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import type { Sql } from "@tessera/postgres/pool.ts";
import { share } from "@tessera/postgres/share.ts";
import { type TaskKey, tasksByKey } from "./by-key-store.ts";
import { cellsAround } from "./cells.ts";
import { eachProject, type Grouping } from "./each-project.ts";
import { liveAssignment, liveLock } from "./task.ts";
import { type TaskRow, taskOf } from "./task-row.ts";
import type { WholeTask } from "./whole-task.ts";

interface Read extends TaskRow {
  now: Date;
}

/** A page of a list: what comes after a number, and no more than `limit`. */
export interface Page {
  after: number;
  limit: number;
}

/** The most tasks at a point that are read at once. */
export const AROUND_MAX = 100;

/**
 * One task with its area; undefined if there is none. An expired lock is not shown. One statement reads for all who
 * ask at the same time.
 */
export function getTask(
  sql: Sql,
  grouping: Grouping = {},
): (projectId: number, taskId: number) => Promise<WholeTask | undefined> {
  const ofRow = sql`w.project_id`;
  const read = share<TaskKey, WholeTask | undefined>({
    run: async (keys) => {
      const placed = keys.map((key, place) => ({ ...key, place }));
      const rows = await eachProject(placed, grouping, (some, projectId) => {
        const tasks = tasksByKey(sql, some, projectId === undefined ? ofRow : sql`${projectId}`);
        return sql<(Read & { place: number })[]>`
          select w.place, clock_timestamp() as now, t.*, a.zoom, a.x, a.y, a.area from ${tasks}`;
      });
      const tasks = new Map(rows.map((row) => [row.place, shown(row)]));
      return keys.map((_, place) => tasks.get(place));
    },
  });
  return (projectId, taskId) => read({ projectId, taskId });
}

/** The parts of a task that was split, by number and without their areas. */
export async function listSubtasks(
  sql: Sql,
  projectId: number,
  taskId: number,
  { after, limit, withArea = false }: Page & { withArea?: boolean },
): Promise<WholeTask[]> {
  const rows = await sql<Read[]>`
    select clock_timestamp() as now, t.*, a.zoom, a.x, a.y ${withArea ? sql`, a.area` : sql``}
    from tasks t join task_areas a using (project_id, task_id)
    where t.project_id = ${projectId} and t.parent_id = ${taskId} and t.parent_id <> 0
      and t.task_id > ${after}
    order by t.task_id limit ${limit}`;
  return rows.map(shown);
}

/**
 * The next tasks, by project and number and with their areas, whose bounding box holds a point: of one project, or of
 * all; at most AROUND_MAX.
 */
export async function tasksAround(
  sql: Sql,
  point: { longitude: number; latitude: number },
  projectId: number | undefined,
  after: Pick<WholeTask, "projectId" | "taskId">,
): Promise<WholeTask[]> {
  const { longitude, latitude } = point;
  const rows = await sql<Read[]>`
    with a as materialized (
      select * from task_areas a where a.cell = any(${cellsAround(point).map(String)}::bigint[])
      and a.west <= ${longitude} and a.east >= ${longitude} and a.south <= ${latitude} and a.north >= ${latitude}
        ${projectId === undefined ? sql`` : sql`and a.project_id = ${projectId}`}
        and (a.project_id, a.task_id) > (${after.projectId}, ${after.taskId})
    )
    select clock_timestamp() as now, t.*, a.zoom, a.x, a.y, a.area
    from a join tasks t on t.project_id = a.project_id and t.task_id = a.task_id 
      and t.state not in (${TaskState.SPLIT}, ${TaskState.WITHDRAWN}, ${TaskState.DELETED})
    order by a.project_id, a.task_id limit ${AROUND_MAX}`;
  return rows.map(shown);
}

/** The tasks of a project that are reserved now, by number; for one person, or for all. */
export async function listAssigned(
  sql: Sql,
  projectId: number,
  userId: bigint | undefined,
  { after, limit }: Page,
): Promise<WholeTask[]> {
  const rows = await sql<Read[]>`
    select clock_timestamp() as now, t.* from tasks t
    where project_id = ${projectId} and assigned_to <> 0 and assigned_until > clock_timestamp()
      ${userId === undefined ? sql`` : sql`and assigned_to = ${userId}`} and task_id > ${after}
    order by task_id limit ${limit}`;
  return rows.map(shown);
}

/** An expired lock has ended, which is an event of its own even before it is written. */
export function shown(row: Read): WholeTask {
  const task = taskOf(row);
  const { lock } = task;
  if (liveAssignment(task, row.now) === undefined) delete task.assignment;
  if (lock === undefined || liveLock(task, row.now) !== undefined) return task;
  delete task.lock;
  task.expiredLock = lock;
  task.revision += 1n;
  if (task.assignment) task.assignment.revision = task.revision;
  if (lock.expireTime !== undefined) task.updateTime = lock.expireTime;
  return task;
}
