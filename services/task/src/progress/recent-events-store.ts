import type { Sql } from "@tessera/postgres/pool.ts";
import type { Tally } from "./tallies.ts";

/** After more events than this a project is counted whole: that takes no longer. */
const RECENT_MAX = 5_000;

/**
 * The events of a project that a tally does not count, for a `with` clause: those with a position after it, RECENT_MAX and
 * one more at most, and those without one, which are `late`. Without a tally only the latter.
 */
export function recentEvents(sql: Sql, projectId: number, since: Tally<unknown> | undefined) {
  const stamped =
    since === undefined
      ? sql``
      : sql`(select *, false as late from task_events
          where project_id = ${projectId} and position > ${since.position} limit ${RECENT_MAX + 1})
        union all`;
  return sql`recent as materialized (
    ${stamped}
    (select *, true as late from task_events where project_id = ${projectId} and position is null))`;
}

/**
 * For a query with recent events: the last position of the project, 0 for none, and whether the tally can be continued. It
 * cannot where more happened than is read at once, or where its last event is gone: the database is another than it was.
 */
export function feedState(sql: Sql, projectId: number, since: Tally<unknown> | undefined) {
  const position = sql`coalesce(
    (select max(position) from task_events where project_id = ${projectId} and position is not null), 0) as position`;
  if (since === undefined) return sql`${position}, true as continues`;
  const isThere =
    since.position === 0n
      ? sql`true`
      : sql`exists (select from task_events where project_id = ${projectId} and position = ${since.position})`;
  return sql`${position}, ${isThere} and (select count(*) from recent where not late) <= ${RECENT_MAX} as continues`;
}
