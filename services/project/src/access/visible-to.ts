import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import { isAdministrator, type Viewer } from "./viewer.ts";

/** The caller, as far as it is known: while auth is unavailable, perhaps only the id. */
export type Asking = Viewer | Pick<Viewer, "userId"> | undefined;

/**
 * Whether the viewer may see a row of `projects`: a condition for a query. The same rule as isVisible in access.ts, which a
 * test holds against it.
 */
export function visibleTo(sql: Sql | TransactionSql, viewer: Asking) {
  const open = sql`(projects.status <> ${ProjectStatus.DRAFT} and not projects.is_private)`;
  if (viewer === undefined) return open;
  const known = "teams" in viewer ? viewer : undefined;
  if (isAdministrator(known)) return sql`true`;
  return sql`(
    ${open} or ${managedBy(sql, viewer)}
    or projects.status <> ${ProjectStatus.DRAFT} and (
      exists (select from project_users u
        where u.project_id = projects.project_id and u.user_id = ${viewer.userId})
      or exists (select from project_teams t
        where t.project_id = projects.project_id and t.team_id = any(${teamsOf(known)}::integer[]))))`;
}

/** Whether the viewer manages a row of `projects`: a condition for a query. */
export function managedBy(sql: Sql | TransactionSql, viewer: Asking) {
  if (viewer === undefined) return sql`false`;
  const known = "teams" in viewer ? viewer : undefined;
  if (isAdministrator(known)) return sql`true`;
  return sql`(
    projects.author_user_id = ${viewer.userId}
    or projects.organisation_id > 0
      and projects.organisation_id = any(${[...(known?.managedOrganisationIds ?? [])]}::integer[])
    or exists (select from project_teams t
      where t.project_id = projects.project_id and t.role = ${ProjectRole.MANAGER}
        and t.team_id = any(${teamsOf(known)}::integer[])))`;
}

function teamsOf(viewer: Viewer | undefined): number[] {
  return [...(viewer?.teams.keys() ?? [])];
}
