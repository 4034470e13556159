import { timestampDate } from "@bufbuild/protobuf/wkt";
import { type TaskEvent, TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import type { TransactionSql } from "@tessera/postgres/pool.ts";

/**
 * Writes events of tasks into the search index of projects: the users who submitted work, and the
 * progress, which was counted before. Events that are folded twice change nothing.
 */
export async function foldSearch(tx: TransactionSql, events: readonly TaskEvent[]): Promise<void> {
  if (events.length === 0) return;
  // Contributors first: they hold their projects, so that one which is being deleted is waited for and not met halfway.
  await addContributors(tx, events);
  const projectIds = [...new Set(events.map(({ projectId }) => projectId))].sort((one, other) => one - other);
  await tx`
    update project_search s set progress = counted.progress, validated = counted.validated, to_map = counted.to_map,
      to_validate = counted.to_validate, activity_time = counted.activity_time
    from (
      select project_id, ${share(tx, "tasks_mapped + tasks_validated")} as progress,
        ${share(tx, "tasks_validated")} as validated,
        tasks_total - tasks_mapped - tasks_validated - tasks_bad_imagery as to_map,
        tasks_mapped + tasks_bad_imagery as to_validate,
        coalesce(last_activity_time, 'epoch') as activity_time
      from project_progress where project_id = any(${projectIds}::integer[])
    ) as counted
    where s.project_id = counted.project_id
      and (s.progress, s.validated, s.to_map, s.to_validate, s.activity_time)
        is distinct from (counted.progress, counted.validated, counted.to_map, counted.to_validate, counted.activity_time)`;
}

/** A part of the tasks that can be mapped, in hundredths of a percent; -1 where there are no tasks. */
function share(tx: TransactionSql, part: "tasks_validated" | "tasks_mapped + tasks_validated") {
  return tx`case
      when tasks_total = 0 then -1
      when tasks_total = tasks_bad_imagery then 0
      else round(10000.0 * (${tx.unsafe(part)}) / (tasks_total - tasks_bad_imagery))
    end::smallint`;
}

async function addContributors(tx: TransactionSql, events: readonly TaskEvent[]): Promise<void> {
  const latest = new Map<string, { projectId: number; userId: bigint; time: Date }>();
  for (const { kind, projectId, actorUserId: userId, eventTime } of events) {
    if (kind !== TaskEventKind.SUBMITTED || userId === undefined || eventTime === undefined) continue;
    const time = timestampDate(eventTime);
    const before = latest.get(`${projectId}/${userId}`);
    if (before === undefined || before.time < time) {
      latest.set(`${projectId}/${userId}`, { projectId, userId, time });
    }
  }
  if (latest.size === 0) return;
  const rows = [...latest.values()];
  await tx`
    insert into project_contributors as c (user_id, project_id, last_time)
    select worked.user_id, p.project_id, worked.last_time
    from unnest(${rows.map(({ userId }) => String(userId))}::bigint[], ${rows.map((it) => it.projectId)}::integer[],
      ${rows.map(({ time }) => time.toISOString())}::timestamptz[]) as worked (user_id, project_id, last_time)
      join projects p using (project_id)
    order by p.project_id, worked.user_id
    on conflict (user_id, project_id) do update set last_time = greatest(c.last_time, excluded.last_time)`;
}
