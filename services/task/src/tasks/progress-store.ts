import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import type { Sql } from "@tessera/postgres/pool.ts";
import type { Counts } from "./progress.ts";

interface Row {
  state: number | null;
  count: bigint;
  last: Date | null;
}

/**
 * Counts a project's tasks, by an index that holds nothing else, and is never wrong. Those who ask at the same time for
 * the same project share one count: it is made after the last of them asked.
 */
export function countByState(sql: Sql): (projectId: number) => Promise<Counts> {
  const waiting = new Map<number, Promise<Counts>>();
  const running = new Map<number, Promise<unknown>>();
  return (projectId) => {
    const joined = waiting.get(projectId);
    if (joined !== undefined) return joined;
    const before = running.get(projectId) ?? Promise.resolve();
    const next = before.then(() => {
      waiting.delete(projectId);
      const counting = count(sql, projectId);
      const settled = counting
        .catch(() => {})
        .finally(() => {
          if (running.get(projectId) === settled) running.delete(projectId);
        });
      running.set(projectId, settled);
      return counting;
    });
    waiting.set(projectId, next);
    return next;
  };
}

async function count(sql: Sql, projectId: number): Promise<Counts> {
  const rows = await sql<Row[]>`
    select state, count(*) as count, null::timestamptz as last from tasks where project_id = ${projectId} group by state
    union all
    select null, (select count(*) from lock_slots where project_id = ${projectId} and expire_time > clock_timestamp()),
      greatest(
        (select max(commit_time) from (
          select commit_time from task_events where project_id = ${projectId} and position is not null
          order by position desc limit 1) stamped),
        (select max(commit_time) from task_events where project_id = ${projectId} and position is null))`;
  const of = (state: TaskState) => Number(rows.find((row) => row.state === state)?.count ?? 0n);
  const rest = rows.find((row) => row.state === null);
  return {
    ready: of(TaskState.READY),
    mapped: of(TaskState.MAPPED),
    validated: of(TaskState.VALIDATED),
    invalidated: of(TaskState.INVALIDATED),
    badImagery: of(TaskState.BAD_IMAGERY),
    withdrawn: of(TaskState.WITHDRAWN),
    locked: Number(rest?.count ?? 0n),
    lastActivity: rest?.last ?? undefined,
  };
}
