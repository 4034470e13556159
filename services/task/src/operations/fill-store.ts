import { fromBinary } from "@bufbuild/protobuf";
import { type MultiPolygon, MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { OperationState } from "@tessera/contracts/tessera/rpc/v1/operation_pb.ts";
import { TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import type { GridTask } from "@tessera/geometry/grids/grid.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import { insertTasks, widestOf } from "../tasks/insert-store.ts";
import { takeNumbers } from "../tasks/split-store.ts";
import type { OperationRow } from "./operation-row.ts";
import { stopIfCancelled } from "./part-store.ts";
import { advance } from "./store.ts";

/** The most tasks in one statement. */
const CHUNK = 5_000;

/** What covers the ground of a project, and the number given last when that was read. */
export interface Cover {
  areas: MultiPolygon[];
  lastTaskId: number;
}

/**
 * The ground of all tasks of a project but those that were split, whose parts have it, and those that were deleted. Withdrawn
 * tasks count: they are READY again where they share ground with the area. Undefined if the project has had no tasks.
 */
export async function readCover(sql: Sql, projectId: number): Promise<Cover | undefined> {
  const [set] = await sql<{ last_task_id: number }[]>`
    select last_task_id from task_sets where project_id = ${projectId}`;
  if (set === undefined) return undefined;
  const areas: MultiPolygon[] = [];
  for (let after = 0, more = true; more; ) {
    const rows = await sql<{ task_id: number; area: Uint8Array }[]>`
      select t.task_id, a.area from tasks t join task_areas a using (project_id, task_id)
      where t.project_id = ${projectId} and t.state not in (${TaskState.SPLIT}, ${TaskState.DELETED}) and t.task_id > ${after}
        and t.task_id <= ${set.last_task_id}
      order by t.task_id limit ${CHUNK}`;
    for (const { area } of rows) areas.push(fromBinary(MultiPolygonSchema, area));
    after = rows.at(-1)?.task_id ?? after;
    more = rows.length === CHUNK;
  }
  return { areas, lastTaskId: set.last_task_id };
}

/**
 * Writes tasks beside those of the project, numbered on from the last, and that the operation which made them is done, in one
 * transaction. Throws CoverChanged if tasks were added since the cover was read, Cancelled and LeaseLost: nothing is written
 * then.
 */
export async function fillTasks(
  sql: Sql,
  operation: OperationRow,
  lease: string,
  { tasks, lastTaskId, tasksMax }: { tasks: readonly GridTask[]; lastTaskId: number; tasksMax: number },
): Promise<void> {
  const { project_id: projectId } = operation;
  await sql.begin(async (tx) => {
    const [set] = await tx<{ last_task_id: number }[]>`
      select last_task_id from task_sets where project_id = ${projectId} for update`;
    if (set?.last_task_id !== lastTaskId) throw new CoverChanged();
    if (tasks.length > 0) await insertFilled(tx, operation, lease, tasks, tasksMax);
    await advance(tx, operation, lease, {
      state: OperationState.SUCCEEDED,
      unit_count: tasks.length,
      done_count: tasks.length,
      result_name: `projects/${projectId}/tasks`,
    });
  });
}

async function insertFilled(
  tx: TransactionSql,
  operation: OperationRow,
  lease: string,
  tasks: readonly GridTask[],
  tasksMax: number,
): Promise<void> {
  const { project_id: projectId, operation_id: operationId, user_id: actor } = operation;
  const firstId = await takeNumbers(tx, projectId, tasks.length, tasksMax);
  await tx`
    update task_sets set widest_degrees = greatest(widest_degrees, ${widestOf(tasks)})
    where project_id = ${projectId}`;
  const [{ now } = { now: new Date() }] = await tx<{ now: Date }[]>`
    select date_trunc('milliseconds', clock_timestamp()) as now`;
  for (let start = 0; start < tasks.length; start += CHUNK) {
    await stopIfCancelled(tx, operation, lease);
    const some = tasks.slice(start, start + CHUNK);
    const origin = { projectId, firstId: firstId + start, parentIds: 0, createTime: now } as const;
    await insertTasks(tx, origin, some);
    await tx`
      insert into task_events (project_id, task_id, revision, kind, actor, event_time, commit_time, from_state, to_state,
        operation_id)
      select ${projectId}, n.id, 1, ${TaskEventKind.CREATED}, ${actor}::bigint, ${now}, clock_timestamp(),
        ${TaskState.UNSPECIFIED}, ${TaskState.READY}, ${operationId}
      from generate_series(${firstId + start}::integer, ${firstId + start + some.length - 1}::integer) as n (id)`;
  }
}

/** Tasks were added after the cover was read. */
export class CoverChanged extends Error {
  override readonly name = "CoverChanged";
}
