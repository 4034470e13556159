import type { Project } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";

/** A deleted project is kept for so long. */
const KEPT_DAYS = 30;
/** So many are forgotten in one statement. */
const FORGOTTEN_MAX = 500;

/** Takes a project that is still as it was read out of its tables, and keeps it aside; answers whether it was. */
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

/** Whether work was done in a project, as far as the feed of tasks has told. */
export async function hasWork(tx: TransactionSql, projectId: number): Promise<boolean> {
  const rows = await tx`
    select from project_progress where project_id = ${projectId}
      and (last_activity_time is not null or tasks_mapped + tasks_validated + tasks_bad_imagery > 0)`;
  return rows.length === 1;
}

/** Writes down that work was done in a project which was deleted meanwhile. */
export async function recordLateWork(tx: TransactionSql, projectId: number, workTime: Date): Promise<void> {
  await tx`
    update deleted_projects set late_work_time = greatest(late_work_time, ${workTime})
    where project_id = ${projectId}`;
}

/** Forgets some of the projects that were deleted long ago; answers how many. */
export async function forgetDeletedProjects(sql: Sql): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    with gone as (
      delete from deleted_projects where project_id in (
        select project_id from deleted_projects
        where delete_time < now() - make_interval(days => ${KEPT_DAYS})
        limit ${FORGOTTEN_MAX})
      returning project_id
    ), progress as (
      delete from project_progress where project_id in (select project_id from gone)
    )
    select count(*)::integer as count from gone`;
  return row?.count ?? 0;
}
