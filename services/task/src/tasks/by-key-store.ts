import type { Sql } from "@tessera/postgres/pool.ts";
import type { Fragment } from "postgres";

/** What names a task. */
export interface TaskKey {
  projectId: number;
  taskId: number;
}

/**
 * For a `from` clause: tasks `t` with their areas `a`, and of each its key in `w`, with the place where it was asked for.
 * `project` is the project of all, or the column `w.project_id`. Each row is found by its key, one by one: a join would
 * read the tables whole by a plan that is made while they are small.
 */
export function tasksByKey(
  sql: Sql,
  keys: readonly (TaskKey & { place: number })[],
  project: Fragment,
): Fragment {
  const [projectIds, taskIds, places] = [
    keys.map((key) => key.projectId),
    keys.map((key) => key.taskId),
    keys.map((key) => key.place),
  ];
  return sql`(
      select * from unnest(${projectIds}::integer[], ${taskIds}::integer[], ${places}::integer[])
      limit ${keys.length}
    ) as w (project_id, task_id, place)
    cross join lateral (
      select * from tasks t where t.project_id = ${project} and t.task_id = w.task_id limit 1
    ) t
    cross join lateral (
      select * from task_areas a where a.project_id = ${project} and a.task_id = w.task_id limit 1
    ) a`;
}
