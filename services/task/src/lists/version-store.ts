import type { Sql } from "@tessera/postgres/pool.ts";
import { share } from "@tessera/postgres/share.ts";
import type { Fragment } from "postgres";
import { TASK_EVENTS } from "../events/store.ts";
import { eachProject, type Grouping } from "../tasks/each-project.ts";

/** At which change a project's tasks are. */
export interface TasksVersion {
  /** The last position of the feed. */
  head: bigint;
  /** Another text after each change of a task of the project, and once a lock or an assignment has expired. */
  text: string;
}

/**
 * Reads the version of a project's tasks; one statement reads for all who ask at the same time.
 *
 * Every change of a task has an event, in the same transaction. While the last position of the project's events is the same,
 * none of them got one, and those that wait for theirs only become more: position and count say whether anything was written.
 * Locks and assignments end by themselves: of those that are not written down as ended, the last that has expired says which
 * have. Every such lock has a slot.
 */
export function tasksVersion(
  sql: Sql,
  grouping: Grouping = {},
): (projectId: number) => Promise<TasksVersion> {
  const ofRow = sql`p.id`;
  return share<number, TasksVersion>({
    run: async (projectIds) => {
      const placed = projectIds.map((projectId, place) => ({ projectId, place }));
      const rows = await eachProject(placed, grouping, (some, projectId) =>
        read(sql, some, projectId === undefined ? ofRow : sql`${projectId}`),
      );
      const versions: TasksVersion[] = [];
      for (const { place, ...version } of rows) versions[place] = version;
      return versions;
    },
  });
}

/** Reads the versions of one project, or of that which each row `p` has. */
function read(sql: Sql, asked: readonly { projectId: number; place: number }[], project: Fragment) {
  return sql<(TasksVersion & { place: number })[]>`
    select p.place, (select position from feed_head where feed = ${TASK_EVENTS}) as head,
      format('%s/%s/%s/%s/%s/%s', stamped.position, waiting.count, waiting.last, lapsed.count, lapsed.last, freed.last) as text
    from unnest(${asked.map((it) => it.projectId)}::integer[], ${asked.map((it) => it.place)}::integer[])
      as p (id, place)
    cross join lateral (
      select max(position) as position from task_events where project_id = ${project} and position is not null
    ) stamped
    cross join lateral (
      select count(*) as count, date_part('epoch', max(commit_time)) as last from task_events
      where project_id = ${project} and position is null
    ) waiting
    cross join lateral (
      select count(*) as count, date_part('epoch', max(t.lock_expire_time)) as last from tasks t
      where t.project_id = ${project}
        and t.task_id = any(array(select task_id from lock_slots where project_id = ${project}))
        and t.lock_expire_time <= now() and not t.lock_ended
    ) lapsed
    cross join lateral (
      select date_part('epoch', max(assigned_until)) as last from tasks
      where project_id = ${project} and assigned_to <> 0 and assigned_until <= now()
    ) freed`;
}
