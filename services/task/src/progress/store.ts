import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import type { Sql } from "@tessera/postgres/pool.ts";
import type { Grouping } from "../tasks/each-project.ts";
import type { Counts } from "./progress.ts";
import { feedState, recentEvents } from "./recent-events-store.ts";
import { type Count, tallied } from "./tallies.ts";

/** Tasks by the number of their state. */
type States = Readonly<Record<number, number>>;

interface Row {
  /** How many there are; of a count that continues, how many more. */
  now: States | null;
  /** What of this comes from events without a position. */
  late: States | null;
  locked: number;
  position: bigint;
  continues: boolean;
  last: Date | null;
}

/** Counts a project's tasks by state, and is never wrong. */
export function countByState(
  sql: Sql,
  { byProject = false }: Grouping = {},
): (projectId: number) => Promise<Counts> {
  return tallied(count(sql, byProject));
}

function count(sql: Sql, byProject: boolean): Count<States, Counts> {
  return async (projectId, since) => {
    const locked = sql`
      select count(*)::integer as locked from lock_slots
      where project_id = ${projectId} and expire_time > clock_timestamp()`;
    const changes = sql`
      select state, sum(count)::integer as count from recent
      cross join lateral (values (from_state, -1), (to_state, 1), (${TaskState.READY}, task_count)) as s (state, count)`;
    const all = since
      ? sql`${changes} group by state`
      : sql`select state, count(*)::integer as count from tasks where project_id = ${projectId} group by state`;
    const counting = sql<Row[]>`
      with ${recentEvents(sql, projectId, since)}
      select (select jsonb_object_agg(state, count) from (${all}) as found) as now,
        (select jsonb_object_agg(state, count) from (${changes} where late group by state) as found) as late,
        ${byProject ? sql`0` : sql`(${locked})`} as locked,
        ${feedState(sql, projectId, since)},
        greatest((select max(commit_time) from recent), (select commit_time from task_events
          where project_id = ${projectId} and position is not null order by position desc limit 1)) as last`;
    // Slots are distributed by person: with them, this would not be one statement on the project's server, of one moment.
    const [[row], [apart]] = await Promise.all([
      counting,
      byProject ? sql<{ locked: number }[]>`${locked}` : [],
    ]);
    if (!row?.continues) return undefined;
    row.locked += apart?.locked ?? 0;
    const now = plus(since?.counts ?? {}, row.now ?? {});
    return {
      tally: { position: row.position, counts: plus(now, row.late ?? {}, -1) },
      now: countsOf(now, row),
    };
  };
}

function plus(one: States, other: States, sign = 1): States {
  const sum: Record<number, number> = { ...one };
  for (const [state, count] of Object.entries(other))
    sum[Number(state)] = (sum[Number(state)] ?? 0) + sign * count;
  return sum;
}

function countsOf(states: States, { locked, last }: Pick<Row, "locked" | "last">): Counts {
  const of = (state: TaskState) => states[state] ?? 0;
  return {
    ready: of(TaskState.READY),
    mapped: of(TaskState.MAPPED),
    validated: of(TaskState.VALIDATED),
    invalidated: of(TaskState.INVALIDATED),
    badImagery: of(TaskState.BAD_IMAGERY),
    withdrawn: of(TaskState.WITHDRAWN),
    locked,
    lastActivity: last ?? undefined,
  };
}
