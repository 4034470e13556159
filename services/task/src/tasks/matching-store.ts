import { timestampDate } from "@bufbuild/protobuf/wkt";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import type { Selection } from "../selection.ts";

/** Every state but those of tasks that were split or withdrawn. */
const PRESENT = [
  TaskState.READY,
  TaskState.MAPPED,
  TaskState.VALIDATED,
  TaskState.INVALIDATED,
  TaskState.BAD_IMAGERY,
];

/** The states of tasks that lists leave out, but for lists of what changed. */
const GONE = [TaskState.SPLIT, TaskState.WITHDRAWN, TaskState.DELETED];

/**
 * The condition under which a row `t` of tasks is selected. Each part of a filter has an index, or narrows down what
 * another finds.
 */
export function matching(sql: Sql | TransactionSql, { projectId, filter, box, changedSince }: Selection) {
  const {
    states = [],
    taskIds = [],
    mappedByUserId,
    validatedByUserId,
    holderUserId,
    outsideArea,
    inPriorityArea,
    priority,
    updatedAfterTime,
    updatedBeforeTime,
  } = filter ?? {};
  const every = changedSince === undefined ? PRESENT : [...PRESENT, ...GONE];
  const parts = [
    sql`t.project_id = ${projectId} and t.state = any(${states.length > 0 ? states : every}::smallint[])`,
  ];
  if (taskIds.length > 0) parts.push(sql`t.task_id = any(${taskIds}::integer[])`);
  if (mappedByUserId) parts.push(sql`t.mapped_by = ${mappedByUserId} and t.mapped_by <> 0`);
  if (validatedByUserId) parts.push(sql`t.validated_by = ${validatedByUserId} and t.validated_by <> 0`);
  if (outsideArea !== undefined) parts.push(sql`t.outside = ${outsideArea}`);
  if (inPriorityArea !== undefined) {
    parts.push(inPriorityArea ? sql`t.priority_area > 0` : sql`t.priority_area = 0`);
  }
  if (priority !== undefined) parts.push(sql`t.priority = ${priority}`);
  // No index has the time: with one, no lock could be written in place.
  if (updatedAfterTime) parts.push(sql`${updateTime(sql)} >= ${timestampDate(updatedAfterTime)}`);
  if (updatedBeforeTime) parts.push(sql`${updateTime(sql)} < ${timestampDate(updatedBeforeTime)}`);
  if (holderUserId) {
    parts.push(sql`t.lock_expire_time > clock_timestamp() and t.task_id = any(array(
      select task_id from lock_slots where holder = ${holderUserId} and project_id = ${projectId}))`);
  }
  if (changedSince !== undefined) {
    parts.push(sql`t.task_id in (
      select task_id from task_events where project_id = ${projectId} and position > ${changedSince})`);
  }
  if (box) {
    const { west, south, east, north } = box;
    // A box that crosses 180° is looked for on each side of it.
    const sides =
      west <= east
        ? [[west, east]]
        : [
            [west, 180],
            [-180, east],
          ];
    const found = sides.map(
      ([from = west, to = east]) => sql`
        select a.task_id from task_areas a join task_sets s using (project_id)
        where a.project_id = ${projectId} and a.west between ${from}::float8 - s.widest_degrees and ${to}
          and a.east >= ${from} and a.south <= ${north} and a.north >= ${south}`,
    );
    parts.push(sql`t.task_id in (${found.reduce((all, one) => sql`${all} union all ${one}`)})`);
  }
  return parts.reduce((all, part) => sql`${all} and ${part}`);
}

/** When a task was last changed. A lock that expired ended at that moment, whether or not its end is written down. */
function updateTime(sql: Sql | TransactionSql) {
  return sql`case when t.lock_holder is not null and not t.lock_ended and t.lock_expire_time <= clock_timestamp()
    then t.lock_expire_time else t.update_time end`;
}
