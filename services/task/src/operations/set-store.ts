import { OperationState } from "@tessera/contracts/tessera/rpc/v1/operation_pb.ts";
import { TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import type { GridTask } from "@tessera/geometry/grids/grid.ts";
import type { Sql } from "@tessera/postgres/pool.ts";
import { insertTasks, widestOf } from "../tasks/insert-store.ts";
import type { OperationRow } from "./operation-row.ts";
import { stopIfCancelled } from "./part-store.ts";
import { advance } from "./store.ts";

/** The most tasks in one statement. */
const CHUNK = 5_000;

/** Tasks as they were cut, and the priority area of each. */
export interface MadeTasks {
  tasks: readonly GridTask[];
  priorityAreas: readonly number[];
}

/** How many tasks the project has had made; undefined if there are none yet. */
export async function countTasks(sql: Sql, projectId: number): Promise<number | undefined> {
  const [row] = await sql<{ last_task_id: number }[]>`
    select last_task_id from task_sets where project_id = ${projectId}`;
  return row?.last_task_id;
}

/**
 * Writes all tasks of a project, and that the operation which made them is done, in one transaction. Throws
 * TasksExist, Cancelled and LeaseLost: nothing is written then.
 */
export async function createTasks(
  sql: Sql,
  operation: OperationRow,
  lease: string,
  { tasks, priorityAreas }: MadeTasks,
): Promise<void> {
  const { project_id: projectId, operation_id: operationId, user_id: actor } = operation;
  const areas = operation.priority_areas && Buffer.from(operation.priority_areas);
  await sql.begin(async (tx) => {
    const sets = await tx`
      insert into task_sets (project_id, task_count, last_task_id, widest_degrees, priority_areas, revision)
      values (${projectId}, ${tasks.length}, ${tasks.length}, ${widestOf(tasks)}, ${areas}, 1)
      on conflict do nothing returning project_id`;
    if (sets.length === 0) throw new TasksExist();
    const [{ now } = { now: new Date() }] = await tx<{ now: Date }[]>`
      select date_trunc('milliseconds', clock_timestamp()) as now`;
    for (let start = 0; start < tasks.length; start += CHUNK) {
      await stopIfCancelled(tx, operation, lease);
      const end = start + CHUNK;
      const inAreas = priorityAreas.slice(start, end);
      const made = {
        projectId,
        firstId: start + 1,
        parentIds: 0,
        priorityAreas: inAreas,
        createTime: now,
      } as const;
      await insertTasks(tx, made, tasks.slice(start, end));
    }
    await tx`
      insert into task_events (project_id, task_id, revision, kind, actor, event_time, commit_time, task_count,
        operation_id)
      values (${projectId}, 0, 1, ${TaskEventKind.TASKS_CREATED}, ${actor}, ${now}, clock_timestamp(),
        ${tasks.length}, ${operationId})`;
    await advance(tx, operation, lease, {
      state: OperationState.SUCCEEDED,
      unit_count: tasks.length,
      done_count: tasks.length,
      result_name: `projects/${projectId}/tasks`,
    });
  });
}

/** The project has tasks. */
export class TasksExist extends Error {
  override readonly name = "TasksExist";
}
