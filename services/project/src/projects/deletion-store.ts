import type { Project } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";

/** How long a deleted project is kept. */
const KEPT_DAYS = 30;
/** The most rows deleted in one statement. */
const FORGOTTEN_MAX = 500;

/** Moves a project to deleted_projects if it is still as it was read; returns whether it was. */
export async function setAside(
  tx: TransactionSql,
  { projectId, revision }: Pick<Project, "projectId" | "revision">,
  deletedBy: bigint,
  now: Date,
): Promise<boolean> {
  const { count } = await tx`
    insert into deleted_projects (project_id, project, teams, users, deleted_by, delete_time)
    select project_id, to_jsonb(p),
      (select coalesce(jsonb_agg(to_jsonb(t)), '[]') from project_teams t where t.project_id = p.project_id),
      (select coalesce(jsonb_agg(to_jsonb(u)), '[]') from project_users u where u.project_id = p.project_id),
      ${deletedBy}, ${now}
    from projects p where project_id = ${projectId} and revision = ${revision}
    for update`;
  await tx`delete from projects where project_id = ${projectId} and revision = ${revision}`;
  return count === 1;
}

/** Whether somebody did something at a task of a project, as far as the feed of tasks has reported. */
export async function hasWork(tx: TransactionSql, projectId: number): Promise<boolean> {
  const rows = await tx`select from worked_projects where project_id = ${projectId}`;
  return rows.length === 1;
}

/** Writes down that something was done in projects, each with the last time of it; also in one that was deleted meanwhile. */
export async function recordWork(tx: TransactionSql, lastTimes: ReadonlyMap<number, Date>): Promise<void> {
  if (lastTimes.size === 0) return;
  const worked = [...lastTimes].sort(([one], [other]) => one - other);
  const projectIds = worked.map(([projectId]) => projectId);
  // A deletion that is under way is waited for, and one that comes waits: it sees what is written here, or is seen.
  await tx`
    select from projects where project_id = any(${projectIds}::integer[]) order by project_id for key share`;
  await tx`
    insert into worked_projects (project_id) select unnest(${projectIds}::integer[])
    on conflict do nothing`;
  await tx`
    update deleted_projects as d set late_work_time = greatest(d.late_work_time, late.last_time)
    from unnest(${projectIds}::integer[], ${worked.map(([, time]) => time.toISOString())}::timestamptz[])
      as late (project_id, last_time)
    where d.project_id = late.project_id`;
}

/** Deletes some of the projects that were set aside long ago; returns how many. */
export async function forgetDeletedProjects(sql: Sql): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    with gone as (
      delete from deleted_projects where project_id in (
        select project_id from deleted_projects
        where delete_time < now() - make_interval(days => ${KEPT_DAYS})
        limit ${FORGOTTEN_MAX})
      returning project_id
    ), work as (
      delete from worked_projects where project_id in (select project_id from gone)
    ), progress as (
      delete from project_progress where project_id in (select project_id from gone)
    )
    select count(*)::integer as count from gone`;
  return row?.count ?? 0;
}
