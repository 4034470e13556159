import type { Sql } from "@tessera/postgres/pool.ts";
import { share } from "@tessera/postgres/share.ts";
import { TASK_EVENTS } from "../events/store.ts";

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
export function tasksVersion(sql: Sql): (projectId: number) => Promise<TasksVersion> {
  return share<number, TasksVersion>({ run: (projectIds) => read(sql, projectIds) });
}

async function read(sql: Sql, projectIds: readonly number[]): Promise<TasksVersion[]> {
  return sql<TasksVersion[]>`
    select h.position as head,
      format('%s/%s/%s/%s/%s/%s', stamped.position, waiting.count, waiting.last, lapsed.count, lapsed.last, freed.last) as text
    from unnest(${projectIds}::integer[]) with ordinality as p (id, place)
    cross join (select position from feed_head where feed = ${TASK_EVENTS}) h
    cross join lateral (
      select max(position) as position from task_events where project_id = p.id and position is not null
    ) stamped
    cross join lateral (
      select count(*) as count, date_part('epoch', max(commit_time)) as last from task_events
      where project_id = p.id and position is null
    ) waiting
    cross join lateral (
      select count(*) as count, date_part('epoch', max(t.lock_expire_time)) as last from lock_slots s
      cross join lateral (
        select * from tasks t where t.project_id = p.id and t.task_id = s.task_id limit 1
      ) t
      where s.project_id = p.id and t.lock_expire_time <= now() and not t.lock_ended
    ) lapsed
    cross join lateral (
      select date_part('epoch', max(assigned_until)) as last from tasks
      where project_id = p.id and assigned_to <> 0 and assigned_until <= now()
    ) freed
    order by p.place`;
}
