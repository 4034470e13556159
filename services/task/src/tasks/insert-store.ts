import { toBinary } from "@bufbuild/protobuf";
import { MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { boundingBoxOf } from "@tessera/geometry/areas/measure.ts";
import type { GridTask } from "@tessera/geometry/grids/grid.ts";
import type { TransactionSql } from "@tessera/postgres/pool.ts";
import { cellOf } from "./cells.ts";
import { firstPriorityAreas } from "./priority-areas.ts";

/** The object id of PostgreSQL's type bytea[]. */
const BYTEA_ARRAY = 1001;

/** Where new tasks come from. */
export interface Origin {
  projectId: number;
  /** The number of the first; the others follow it. */
  firstId: number;
  /** The task that each is a part of; 0 for none. */
  parentIds: readonly number[] | 0;
  priorities?: readonly number[];
  /** Which of them lie outside the project's area. */
  outside?: readonly boolean[];
  /** The priority area of each. Absent: `insertTasks` finds it. */
  priorityAreas?: readonly number[] | undefined;
  createTime: Date;
}

/** How long the priority areas of new tasks may be looked up, in milliseconds. */
const LOOKING_MAX_MS = 10_000;

/**
 * The priority areas of new tasks, by those that the project's row of task_sets has. A transaction that makes tasks holds the lock
 * on that row, and so does a reconciliation while it changes the areas: a new task is compared with the new areas, or with the
 * earlier ones and then reconciled.
 *
 * @throws GeometryTimeout
 */
async function priorityAreasOf(
  tx: TransactionSql,
  projectId: number,
  tasks: readonly GridTask[],
): Promise<number[]> {
  const [set] = await tx<{ areas: Uint8Array | null }[]>`
    select priority_areas as areas from task_sets where project_id = ${projectId}`;
  const options = { limitMs: LOOKING_MAX_MS, caller: `project ${projectId}` };
  return firstPriorityAreas(
    set?.areas,
    tasks.map(({ area }) => area),
    options,
  );
}

/** Writes new tasks, READY, with their ground. */
export async function insertTasks(
  tx: TransactionSql,
  { projectId, firstId, parentIds, priorities, outside, priorityAreas, createTime }: Origin,
  tasks: readonly GridTask[],
): Promise<void> {
  const inAreas = priorityAreas ?? (await priorityAreasOf(tx, projectId, tasks));
  const boxes = tasks.map(({ area }) => boundingBoxOf(area));
  // The driver derives the type of an array from its first element, and takes this one for a single bytea.
  const areas = tx.array(
    tasks.map(({ area }) => Buffer.from(toBinary(MultiPolygonSchema, area))),
    BYTEA_ARRAY,
  );
  const ids = tasks.map((_, index) => firstId + index);
  await tx`
    insert into tasks (project_id, task_id, state, parent_id, priority, outside, priority_area, create_time,
      update_time, revision)
    select ${projectId}, n.id, ${TaskState.READY}, n.parent, n.priority, n.outside, n.priority_area, ${createTime},
      ${createTime}, 1
    from unnest(${ids}::integer[], ${parentIds === 0 ? ids.map(() => 0) : parentIds}::integer[],
      ${priorities ?? ids.map(() => 0)}::smallint[], ${outside ?? ids.map(() => false)}::boolean[],
      ${inAreas}::smallint[]) as n (id, parent, priority, outside, priority_area)`;
  await tx`
    insert into task_areas (project_id, task_id, zoom, x, y, area, west, south, east, north, cell)
    select ${projectId}, c.* from unnest(${ids}::integer[],
      ${tasks.map(({ tile }) => tile?.zoom ?? null)}::smallint[], ${tasks.map(({ tile }) => tile?.x ?? null)}::integer[],
      ${tasks.map(({ tile }) => tile?.y ?? null)}::integer[],
      ${areas}::bytea[],
      ${boxes.map(({ west }) => west)}::float8[], ${boxes.map(({ south }) => south)}::float8[],
      ${boxes.map(({ east }) => east)}::float8[], ${boxes.map(({ north }) => north)}::float8[],
      ${boxes.map((box) => String(cellOf(box)))}::bigint[]) as c`;
}

/** The widest or highest of the tasks' bounding boxes, in degrees. */
export function widestOf(tasks: readonly GridTask[]): number {
  return tasks.reduce((widest, { area }) => {
    const { west, south, east, north } = boundingBoxOf(area);
    return Math.max(widest, east - west, north - south);
  }, 0);
}
