import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import type { Sql } from "@tessera/postgres/pool.ts";
import type { Counts } from "../progress/progress.ts";
import { recentEvents, statesOf } from "./entries-store.ts";

/** How many tasks of a project had each state at a time: the days before it, and the events of its own day until then. */
export async function pastStates(sql: Sql, projectId: number, time: Date): Promise<Counts> {
  const day = time.toISOString().slice(0, 10);
  const ofDay = sql`
    select * from task_events where project_id = ${projectId}
      and position >= (select min(first_position) from statistics_states where project_id = ${projectId} and day = ${day}::date)
      and position <= (select position from statistics_feed)
      and (commit_time at time zone 'UTC')::date = ${day}::date and commit_time <= ${time}`;
  const rows = await sql<{ state: TaskState; count: number }[]>`
    with ${recentEvents(sql, sql`and project_id = ${projectId}`)}
    select state, sum(count)::integer as count from (
      select state, count from statistics_states where project_id = ${projectId} and day < ${day}::date
      union all select state, count from (${statesOf(sql, ofDay)}) as on_day
      union all select state, count from (${statesOf(sql, sql`select * from recent where commit_time <= ${time}`)}) as late
    ) as found group by state`;
  const counts = new Map(rows.map(({ state, count }) => [state, count]));
  const of = (state: TaskState) => counts.get(state) ?? 0;
  return {
    ready: of(TaskState.READY),
    mapped: of(TaskState.MAPPED),
    validated: of(TaskState.VALIDATED),
    invalidated: of(TaskState.INVALIDATED),
    badImagery: of(TaskState.BAD_IMAGERY),
    withdrawn: of(TaskState.WITHDRAWN),
    locked: 0,
  };
}
