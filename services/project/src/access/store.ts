import { create } from "@bufbuild/protobuf";
import { durationOf } from "@tessera/contracts/duration.ts";
import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import {
  ProjectStatus,
  type ProjectTeam,
  ProjectTeamSchema,
} from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import type { RuledProject } from "./access.ts";
import { isAdministrator, type Viewer } from "./viewer.ts";

/** Somebody in a project: 0n for nobody signed in. */
export interface Pair {
  projectId: number;
  userId: bigint;
}

/** What is stored about it that the rules want to know. Of the allowed users, only that one. */
export interface Ruled extends Pair {
  project: RuledProject;
  licenceAccepted: boolean;
}

/** What is read to say who may do what. */
export function accessStore(sql: Sql) {
  return {
    /**
     * In one query of one moment. Projects that are not there are left out. Rows are looked up one by one (lateral, limit 1):
     * a join would read the table whole by a plan that is made while it is small.
     */
    async of(pairs: readonly Pair[]): Promise<Ruled[]> {
      const rows = await sql<RuledRow[]>`
        select projects.project_id as "projectId", asked.user_id as "userId", status, is_private as "private",
          author_user_id as "authorUserId", organisation_id as "organisationId",
          mapping_permission as "mappingPermission", mapping_level as "mappingLevel",
          validation_permission as "validationPermission", validation_level as "validationLevel",
          licence_id as "licenceId", lock_seconds as "lockSeconds", claim_only as "claimOnly",
          revision,
          array(select array[t.team_id, t.role] from project_teams t where t.project_id = projects.project_id) as teams,
          exists (select from project_users u
            where u.project_id = projects.project_id and u.user_id = asked.user_id) as allowed,
          exists (select from licence_acceptances l
            where l.user_id = asked.user_id and l.licence_id = projects.licence_id) as "licenceAccepted"
        from unnest(${pairs.map((it) => it.projectId)}::integer[], ${pairs.map((it) => it.userId)}::bigint[])
          with ordinality as asked (project_id, user_id, place)
        cross join lateral (
          select * from projects found where found.project_id = asked.project_id limit 1
        ) projects
        order by asked.place`;
      return rows.map(ruledOf);
    },
  };
}

type RuledRow = Omit<
  RuledProject,
  "teams" | "allowedUserIds" | "lockDuration" | "licenceId" | "organisationId"
> & {
  userId: bigint;
  lockSeconds: number;
  /** 0 for none. */
  licenceId: number;
  organisationId: number;
  teams: [number, ProjectTeam["role"]][];
  allowed: boolean;
  licenceAccepted: boolean;
};

function ruledOf({ userId, teams, allowed, licenceAccepted, lockSeconds, ...rest }: RuledRow): Ruled {
  const { licenceId, organisationId, ...fields } = rest;
  const project = {
    ...fields,
    teams: teams.map(teamOf),
    allowedUserIds: allowed ? [userId] : [],
    lockDuration: durationOf(lockSeconds),
    ...(licenceId > 0 && { licenceId }),
    ...(organisationId > 0 && { organisationId }),
  };
  return { projectId: fields.projectId, userId, project, licenceAccepted };
}

function teamOf([teamId, role]: [number, ProjectTeam["role"]]): ProjectTeam {
  return create(ProjectTeamSchema, { teamId, role });
}

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
