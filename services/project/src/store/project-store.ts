import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { type MultiPolygon, MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import {
  type Project,
  ProjectSchema,
  ProjectStatus,
} from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import type { Sql } from "@tessera/postgres/pool.ts";
import type { Outcome, RequestKey } from "@tessera/postgres/requests.ts";
import type { Settings } from "../project.ts";
import type { Survey } from "../survey-area.ts";

/** A project that is to be written. */
export interface NewProject {
  settings: Settings;
  area: MultiPolygon;
  survey: Survey;
  authorUserId: bigint;
}

/** Which projects a page of the list shows. */
export interface Page {
  /** Only projects with a smaller id; undefined for the first page. */
  before: number | undefined;
  most: number;
  /** Whose drafts are shown; 0n for nobody's. */
  userId: bigint;
  /** Whether everybody's drafts are. */
  allDrafts: boolean;
}

/** What a command came to; nothing is answered beside the acknowledgement. */
export type Written = Omit<Outcome, "response">;

type ProjectRow = Settings &
  Survey["boundingBox"] &
  Pick<Project, "projectId" | "areaSquareKilometres" | "authorUserId" | "revision"> & {
    area: Uint8Array | null;
    createTime: Date;
    updateTime: Date;
  };

/** Above all ids of projects. */
const ABOVE_ALL = 2 ** 31;

/** What is stored of projects. */
export function projectStore(sql: Sql) {
  return {
    /** Undefined for a project that is not there. */
    async find(projectId: number, { area } = { area: true }): Promise<Project | undefined> {
      const [row] = await sql<ProjectRow[]>`
        select ${columns(sql)}, ${area ? sql`area` : sql`null::bytea as area`}
        from projects where project_id = ${projectId}`;
      return row && projectOf(row);
    },

    /** The projects of one page, newest first, without their areas. */
    async list({ before, most, userId, allDrafts }: Page): Promise<Project[]> {
      const rows = await sql<ProjectRow[]>`
        select ${columns(sql)}, null::bytea as area
        from projects
        where project_id < ${before ?? ABOVE_ALL}::bigint
          and (${allDrafts} or status <> ${ProjectStatus.DRAFT} or author_user_id = ${userId})
        order by project_id desc
        limit ${most}`;
      return rows.map(projectOf);
    },

    add: (key: RequestKey, project: NewProject) => addProject(sql, key, project),

    change: (key: RequestKey, revision: bigint, settings: Settings) =>
      changeProject(sql, key, revision, settings),
  };
}

/** Creates a project. The request is inserted first, and nothing is written where it took effect meanwhile. */
async function addProject(
  sql: Sql,
  { projectId: scope, caller, requestId, digest }: RequestKey,
  { settings, area, survey, authorUserId }: NewProject,
): Promise<Written | undefined> {
  const { west, south, east, north } = survey.boundingBox;
  const [written] = await sql<Written[]>`
    with drawn as materialized (
      select nextval('project_ids')::integer as project_id,
        date_trunc('milliseconds', clock_timestamp()) as commit_time
    ), request as (
      insert into remembered_requests
        (project_id, caller, request_id, digest, name, revision, commit_time, response)
      select ${scope}::integer, ${caller}::text, ${requestId}::text, ${digest}::bytea,
        'projects/' || project_id, 1, commit_time, ''::bytea
      from drawn
      on conflict do nothing
      returning name, commit_time
    )
    insert into projects (project_id, name, description, instructions, area, west, south, east, north,
      area_square_kilometres, status, mapping_permission, mapping_level, validation_permission, validation_level,
      lock_seconds, author_user_id, create_time, update_time, revision)
    select drawn.project_id, ${settings.name}::text, ${settings.description}::text, ${settings.instructions}::text,
      ${toBinary(MultiPolygonSchema, area, { writeUnknownFields: false })}::bytea,
      ${west}::float8, ${south}::float8, ${east}::float8, ${north}::float8,
      ${survey.areaSquareKilometres}::float8, ${settings.status}::smallint,
      ${settings.mappingPermission}::smallint, ${settings.mappingLevel}::smallint,
      ${settings.validationPermission}::smallint, ${settings.validationLevel}::smallint,
      ${settings.lockSeconds}::integer, ${authorUserId}::bigint,
      request.commit_time, request.commit_time, 1
    from drawn, request
    returning 'projects/' || project_id as name, revision, create_time as "commitTime"`;
  return written;
}

/** Changes a project that is still at `revision`, and remembers the request. */
async function changeProject(
  sql: Sql,
  { projectId, caller, requestId, digest }: RequestKey,
  revision: bigint,
  settings: Settings,
): Promise<Written | undefined> {
  const [written] = await sql<Written[]>`
    with changed as (
      update projects set
        name = ${settings.name}, description = ${settings.description}, instructions = ${settings.instructions},
        status = ${settings.status},
        mapping_permission = ${settings.mappingPermission}, mapping_level = ${settings.mappingLevel},
        validation_permission = ${settings.validationPermission}, validation_level = ${settings.validationLevel},
        lock_seconds = ${settings.lockSeconds},
        update_time = date_trunc('milliseconds', clock_timestamp()), revision = revision + 1
      where project_id = ${projectId} and revision = ${revision}
      returning project_id, revision, update_time
    )
    insert into remembered_requests
      (project_id, caller, request_id, digest, name, revision, commit_time, response)
    select project_id, ${caller}::text, ${requestId}::text, ${digest}::bytea,
      'projects/' || project_id, revision, update_time, ''::bytea
    from changed
    returning name, revision, commit_time as "commitTime"`;
  return written;
}

function columns(sql: Sql) {
  return sql`
    project_id as "projectId", name, description, instructions, west, south, east, north,
    area_square_kilometres as "areaSquareKilometres", status, mapping_permission as "mappingPermission",
    mapping_level as "mappingLevel", validation_permission as "validationPermission",
    validation_level as "validationLevel", lock_seconds as "lockSeconds", author_user_id as "authorUserId",
    create_time as "createTime", update_time as "updateTime", revision`;
}

function projectOf({
  west,
  south,
  east,
  north,
  area,
  createTime,
  updateTime,
  ...fields
}: ProjectRow): Project {
  return create(ProjectSchema, {
    ...fields,
    boundingBox: { west, south, east, north },
    ...(area && { area: fromBinary(MultiPolygonSchema, area) }),
    createTime: timestampFromDate(createTime),
    updateTime: timestampFromDate(updateTime),
  });
}
