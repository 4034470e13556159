import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import type { Project } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import { type Asking, visibleTo } from "../access/store.ts";
import type { Survey } from "../survey/measure-area.ts";
import {
  areaBytes,
  type Extent,
  LONG_FIELDS,
  type ProjectRow,
  projectOf,
  settingsRow,
} from "./project-row.ts";
import type { Settings } from "./settings.ts";
import { primaryTags } from "./shown-language.ts";

/** What is read of projects. */
export function projectStore(sql: Sql) {
  return {
    /**
     * Returns undefined for a project that does not exist or that `asking` may not see. Whether it is a favourite is
     * `userId`'s.
     */
    async find(
      projectId: number,
      { extent = "whole", userId = 0n, asking }: { extent?: Extent; userId?: bigint; asking?: Asking } = {},
    ): Promise<Project | undefined> {
      const [row] = await sql<ProjectRow[]>`
        select ${projectColumns(sql, extent, userId)} from projects
        where project_id = ${projectId} ${asking ? sql`and ${visibleTo(sql, asking)}` : sql``}`;
      return row && projectOf(row);
    },

    /** The listed fields of those of these projects that `asking` may see, by number. */
    async findMany(
      projectIds: readonly number[],
      userId: bigint,
      asking: Asking,
    ): Promise<Map<number, Project>> {
      const rows = await sql<ProjectRow[]>`
        select ${projectColumns(sql, new Set(), userId)} from projects
        where project_id = any(${[...projectIds]}::integer[]) and ${visibleTo(sql, asking)}`;
      return new Map(rows.map((row) => [row.projectId, projectOf(row)]));
    },
  };
}

/** A project that is to be written. */
export interface NewProject {
  settings: Settings;
  area: MultiPolygon;
  survey: Survey;
  authorUserId: bigint;
}

/** Adds a project; returns its number. */
export async function insertProject(
  tx: TransactionSql,
  { settings, area, survey, authorUserId }: NewProject,
  now: Date,
): Promise<number> {
  const row = {
    ...settingsRow(tx, settings),
    ...surveyRow(survey),
    area: areaBytes(area),
    author_user_id: authorUserId,
    create_time: now,
    update_time: now,
    revision: 1n,
  };
  const [drawn] = await tx<{ project_id: number }[]>`select nextval('project_ids')::integer as project_id`;
  const { project_id: projectId } = drawn as { project_id: number };
  await tx`insert into projects ${tx({ ...row, project_id: projectId } as never)}`;
  await writeAround(tx, projectId, settings);
  return projectId;
}

/** Changes a project if it is still at `revision`. Returns the next revision; undefined if it is at another. */
export async function updateProjectRow(
  tx: TransactionSql,
  projectId: number,
  revision: bigint,
  patch: Partial<Settings & Pick<Project, "authorUserId">>,
  now: Date,
): Promise<bigint | undefined> {
  const row = { ...settingsRow(tx, patch), update_time: now, revision: revision + 1n };
  const { count } = await tx`
    update projects set ${tx(row as never)} where project_id = ${projectId} and revision = ${revision}`;
  if (count === 0) return undefined;
  await writeAround(tx, projectId, patch);
  return revision + 1n;
}

/** Changes the area of a project if it is still at `revision`. Returns the next revision; undefined if it is at another. */
export async function updateProjectArea(
  tx: TransactionSql,
  projectId: number,
  revision: bigint,
  { area, survey }: Pick<NewProject, "area" | "survey">,
  now: Date,
): Promise<bigint | undefined> {
  const row = { ...surveyRow(survey), area: areaBytes(area), update_time: now, revision: revision + 1n };
  const { count } = await tx`
    update projects set ${tx(row as never)} where project_id = ${projectId} and revision = ${revision}`;
  return count === 0 ? undefined : revision + 1n;
}

/** Whether there is such a licence, which stays as long as this transaction runs; 0 stands for none. */
export async function keepLicence(tx: TransactionSql, licenceId: number): Promise<boolean> {
  if (licenceId === 0) return true;
  const rows = await tx`select from licences where licence_id = ${licenceId} for key share`;
  return rows.length === 1;
}

/** The columns of what was measured. */
export function surveyRow({ boundingBox, areaSquareKilometres, centroid, countries }: Survey) {
  const { west, south, east, north } = boundingBox;
  const { longitude, latitude } = centroid;
  const box = { west, south, east, north };
  return { ...box, area_square_kilometres: areaSquareKilometres, longitude, latitude, countries };
}

/** Writes whom a project concerns, as far as that is given. */
export async function writeAround(
  tx: TransactionSql,
  projectId: number,
  { teams, allowedUserIds }: Partial<Settings>,
): Promise<void> {
  if (teams !== undefined) {
    const [ids, roles] = [teams.map(({ teamId }) => teamId), teams.map(({ role }) => role)];
    await tx`delete from project_teams where project_id = ${projectId}`;
    await tx`
      insert into project_teams (project_id, team_id, role)
      select ${projectId}, team_id, role from unnest(${ids}::integer[], ${roles}::smallint[]) as given (team_id, role)`;
  }
  if (allowedUserIds !== undefined) {
    await tx`delete from project_users where project_id = ${projectId}`;
    await tx`
      insert into project_users (project_id, user_id)
      select ${projectId}, user_id from unnest(${allowedUserIds}::bigint[]) as given (user_id)`;
  }
}

/** What a clone has of its own. */
export interface Clone {
  name: string;
  organisationId: number;
  authorUserId: bigint;
  withAllowedUsers: boolean;
}

/** Copies a project if it is still as it was read. Returns the number of the copy; undefined if the project changed. */
export async function insertClone(
  tx: TransactionSql,
  { projectId, revision }: Project,
  { name, organisationId, authorUserId, withAllowedUsers }: Clone,
  now: Date,
): Promise<number | undefined> {
  const [drawn] = await tx<{ clone_id: number }[]>`select nextval('project_ids')::integer as clone_id`;
  const { clone_id: cloneId } = drawn as { clone_id: number };
  const own = {
    project_id: cloneId,
    name,
    status: ProjectStatus.DRAFT,
    organisation_id: organisationId,
    author_user_id: String(authorUserId),
    create_time: now.toISOString(),
    update_time: now.toISOString(),
    revision: 1,
    source: "",
    external_id: "",
  };
  const { count } = await tx`
    insert into projects
    select (jsonb_populate_record(original, ${tx.json(own)})).*
    from projects as original where project_id = ${projectId} and revision = ${revision}
    for share`;
  if (count === 0) return undefined;
  await tx`
    insert into project_teams (project_id, team_id, role)
    select ${cloneId}, team_id, role from project_teams where project_id = ${projectId}`;
  if (withAllowedUsers) {
    await tx`
      insert into project_users (project_id, user_id)
      select ${cloneId}, user_id from project_users where project_id = ${projectId}`;
  }
  return cloneId;
}

/** What is selected from `projects`; whether it is a favourite is `userId`'s. */
export function projectColumns(
  sql: Sql | TransactionSql,
  extent: Extent,
  userId: bigint,
  languages: readonly string[] = [],
) {
  return sql`
    projects.project_id as "projectId", name, west, south, east, north,
    area_square_kilometres as "areaSquareKilometres", status, mapping_permission as "mappingPermission",
    mapping_level as "mappingLevel", validation_permission as "validationPermission",
    validation_level as "validationLevel", lock_seconds as "lockSeconds", author_user_id as "authorUserId",
    create_time as "createTime", update_time as "updateTime", revision, short_description as "shortDescription",
    default_language as "defaultLanguage", priority, difficulty, mapping_types as "mappingTypes", imagery,
    changeset_comment as "changesetComment", hashtags, licence_id as "licenceId", campaigns, interests,
    due_time as "dueTime", organisation_id as "organisationId", is_private as "private",
    is_featured as featured, claim_only as "claimOnly", longitude, latitude, countries, source, external_id as "externalId",
    (select coalesce(jsonb_agg(jsonb_build_array(team_id, role) order by team_id), '[]') from project_teams t
      where t.project_id = projects.project_id) as teams,
    (select jsonb_build_object('total', tasks_total, 'mapped', tasks_mapped, 'validated', tasks_validated,
        'badImagery', tasks_bad_imagery, 'lastActivity', last_activity_time, 'position', position)
      from project_progress p, progress_feed where p.project_id = projects.project_id) as progress,
    exists (select from favourites f
      where f.project_id = projects.project_id and f.user_id = ${userId}) as favourite,
    ${longColumns(sql, extent === "whole" ? new Set(LONG_FIELDS) : extent, primaryTags(languages))}`;
}

/** The translations in these languages, whatever their regions and scripts. */
function translationsIn(sql: Sql | TransactionSql, primaries: readonly string[]) {
  if (primaries.length === 0) return sql`'[]'::jsonb as translations`;
  return sql`
    case when translations = '[]' then translations else (
      select coalesce(jsonb_agg(text order by place), '[]')
      from jsonb_array_elements(translations) with ordinality as texts (text, place)
      where split_part(lower(text->>'language'), '-', 1) = any(${[...primaries]}::text[])) end as translations`;
}

/** The long columns, of which those that are not wanted are not read. */
function longColumns(sql: Sql | TransactionSql, wanted: ReadonlySet<string>, primaries: readonly string[]) {
  return sql`
    ${wanted.has("description") ? sql`description,` : sql``}
    ${wanted.has("instructions") ? sql`instructions,` : sql``}
    ${wanted.has("task_instructions") ? sql`task_instructions as "taskInstructions",` : sql``}
    ${wanted.has("area") ? sql`area` : sql`null::bytea as area`},
    ${wanted.has("priority_areas") ? sql`priority_areas` : sql`null::bytea`} as "priorityAreas",
    ${wanted.has("translations") ? sql`translations` : translationsIn(sql, primaries)},
    ${
      wanted.has("allowed_user_ids")
        ? sql`array(select user_id from project_users u where u.project_id = projects.project_id order by user_id)`
        : sql`'{}'::bigint[]`
    } as "allowedUserIds"`;
}
