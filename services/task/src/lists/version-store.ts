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
  return share<number, TasksVersion>({
    run: async (projectIds) => {
      const placed = projectIds.map((projectId, place) => ({ projectId, place }));
      const rows = await eachProject(placed, grouping, (some, projectId) =>
        projectId === undefined ? readAll(sql, some) : readOne(sql, some, projectId),
      );
      const versions: TasksVersion[] = [];
      for (const { place, head, events, ends } of rows) versions[place] = { head, text: `${events}/${ends}` };
      return versions;
    },
  });
}

interface Place {
  projectId: number;
  place: number;
}

interface Events {
  events: string;
}

interface Ends {
  head: bigint;
  ends: string;
}

/** Reads the versions of several projects, in one statement. */
function readAll(sql: Sql, asked: readonly Place[]) {
  const ofRow = sql`p.id`;
  return sql<(Events & Ends & { place: number })[]>`
    select p.place, ${eventsOf(sql, ofRow)}, ${endsOf(sql, ofRow)}
    from unnest(${asked.map((it) => it.projectId)}::integer[], ${asked.map((it) => it.place)}::integer[])
      as p (id, place)`;
}

/**
 * Reads the version of one project where tables are distributed. Its events are read by a statement of their own, on the
 * server of the project: together with slots and the head, which are elsewhere, it would not be of one moment, and an event
 * that gets its position meanwhile would be neither among those with one nor among those without.
 */
async function readOne(sql: Sql, asked: readonly Place[], projectId: number) {
  const project = sql`${projectId}::integer`;
  const [[events], [ends]] = await Promise.all([
    sql<[Events]>`select ${eventsOf(sql, project)}`,
    sql<[Ends]>`select ${endsOf(sql, project)}`,
  ]);
  return asked.map(({ place }) => ({ place, ...events, ...ends }));
}

/** Which events a project has. */
function eventsOf(sql: Sql, project: Fragment) {
  return sql`(
    select format('%s/%s/%s', stamped.position, waiting.count, waiting.last) from (
      select max(position) as position from task_events where project_id = ${project} and position is not null
    ) stamped, (
      select count(*) as count, date_part('epoch', max(commit_time)) as last from task_events
      where project_id = ${project} and position is null
    ) waiting) as events`;
}

/** Which locks and assignments of a project have ended by themselves, and the last position of the feed. */
function endsOf(sql: Sql, project: Fragment) {
  return sql`(
    select format('%s/%s/%s', lapsed.count, lapsed.last, freed.last) from (
      select count(*) as count, date_part('epoch', max(t.lock_expire_time)) as last from tasks t
      where t.project_id = ${project}
        and t.task_id = any(array(select task_id from lock_slots where project_id = ${project}))
        and t.lock_expire_time <= now() and not t.lock_ended
    ) lapsed, (
      select date_part('epoch', max(assigned_until)) as last from tasks
      where project_id = ${project} and assigned_to <> 0 and assigned_until <= now()
    ) freed) as ends, (select position from feed_head where feed = ${TASK_EVENTS}) as head`;
}
