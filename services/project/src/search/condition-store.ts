import { type Timestamp, timestampDate } from "@bufbuild/protobuf/wkt";
import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import type { ListProjectsRequest } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import type { Sql } from "@tessera/postgres/pool.ts";
import { type Asking, visibleTo } from "../access/store.ts";
import { isAdministrator } from "../access/viewer.ts";
import { everyGroup, type Wanted } from "./search-words.ts";

/** What is looked for, and who looks. */
export interface Search {
  request: ListProjectsRequest;
  /** The bounding box of the request. */
  box: { west: number; south: number; east: number; north: number } | undefined;
  viewer: Asking;
  /** Of the text; undefined without one. A text without words finds nothing. */
  wanted: readonly Wanted[] | undefined;
}

/** Whether a row of `project_search`, named `projects`, is found: a condition for a query. */
export function searchCondition(sql: Sql, search: Search) {
  const { request, viewer, wanted } = search;
  const conditions = [
    visibleTo(sql, viewer),
    ...textConditions(sql, wanted),
    ...valueConditions(sql, request, viewer),
    ...timeConditions(sql, request),
    ...workConditions(sql, request),
    ...originConditions(sql, request),
    ...ownConditions(sql, request, viewer),
    ...boxConditions(sql, search.box),
  ];
  return conditions.reduce((all, one) => sql`${all} and ${one}`);
}

/** Words that may also name a country are looked for one by one, all others at once. */
function textConditions(sql: Sql, wanted: Search["wanted"]) {
  if (wanted === undefined) return [];
  if (wanted.length === 0) return [sql`false`];
  const plain = wanted.filter(({ countries }) => countries.length === 0);
  const naming = wanted.filter(({ countries }) => countries.length > 0);
  return [
    ...(plain.length === 0 ? [] : [sql`words @@ ${everyGroup(plain)}::tsquery`]),
    ...naming.map((group) => {
      const { countries } = group;
      return sql`(words @@ ${everyGroup([group])}::tsquery or countries && ${countries}::text[])`;
    }),
  ];
}

function valueConditions(sql: Sql, request: ListProjectsRequest, viewer: Asking) {
  const { statuses, priorities, difficulties, mappingTypes, organisationIds, teamIds } = request;
  const { campaigns, countries, interests, authorUserId } = request;
  return [
    ...(statuses.length === 0 ? [] : [sql`status = any(${statuses}::smallint[])`]),
    ...(priorities.length === 0 ? [] : [sql`priority = any(${priorities}::smallint[])`]),
    ...(difficulties.length === 0 ? [] : [sql`difficulty = any(${difficulties}::smallint[])`]),
    ...(mappingTypes.length === 0 ? [] : [sql`mapping_types && ${mappingTypes}::smallint[]`]),
    ...(organisationIds.length === 0 ? [] : [sql`organisation_id = any(${organisationIds}::integer[])`]),
    ...(campaigns.length === 0 ? [] : [sql`campaigns && ${campaigns}::text[]`]),
    ...(countries.length === 0 ? [] : [sql`countries && ${countries}::text[]`]),
    ...(interests.length === 0 ? [] : [sql`interests && ${interests}::text[]`]),
    ...(authorUserId === undefined ? [] : [sql`author_user_id = ${authorUserId}::bigint`]),
    ...(teamIds.length === 0 ? [] : [sql`projects.project_id in (${ofTeams(sql, teamIds, viewer)})`]),
  ];
}

function timeConditions(sql: Sql, request: ListProjectsRequest) {
  const { afterTime, beforeTime, updatedAfterTime, updatedBeforeTime } = request;
  const time = (it: Timestamp) => sql`${timestampDate(it)}::timestamptz`;
  return [
    ...(afterTime === undefined ? [] : [sql`create_time >= ${time(afterTime)}`]),
    ...(beforeTime === undefined ? [] : [sql`create_time < ${time(beforeTime)}`]),
    ...(updatedAfterTime === undefined ? [] : [sql`update_time >= ${time(updatedAfterTime)}`]),
    ...(updatedBeforeTime === undefined ? [] : [sql`update_time < ${time(updatedBeforeTime)}`]),
  ];
}

/** By the work in a project. A project without tasks has the share -1. */
function workConditions(sql: Sql, request: ListProjectsRequest) {
  const { toMap, toValidate, activeAfterTime, mappedPercentFrom, mappedPercentTo } = request;
  const { validatedPercentFrom, validatedPercentTo } = request;
  return [
    ...(toMap ? [sql`to_map > 0`] : []),
    ...(toValidate ? [sql`to_validate > 0`] : []),
    ...(activeAfterTime === undefined
      ? []
      : [sql`activity_time >= ${timestampDate(activeAfterTime)}::timestamptz and activity_time > 'epoch'`]),
    ...shareConditions(sql, sql`progress`, mappedPercentFrom, mappedPercentTo),
    ...shareConditions(sql, sql`validated`, validatedPercentFrom, validatedPercentTo),
  ];
}

/** The largest share, in percent. */
const WHOLE_PERCENT = 100;
/** Shares are kept in hundredths of a percent. */
const HUNDREDTHS = 100;

function shareConditions(sql: Sql, share: Condition, from: number | undefined, to: number | undefined) {
  if (from === undefined && to === undefined) return [];
  const [least, most] = [from ?? 0, to ?? WHOLE_PERCENT].map((it) => it * HUNDREDTHS);
  return [sql`${share} between ${least as number}::float8 and ${most as number}::float8`];
}

/** By what a manager chose to show first, and by the tool that a project was imported from. */
function originConditions(sql: Sql, { featured, source, externalId }: ListProjectsRequest) {
  return [
    ...(featured === undefined ? [] : [featured ? sql`is_featured` : sql`not is_featured`]),
    ...(source === undefined ? [] : [sql`source = ${source} and source <> ''`]),
    ...(externalId === undefined ? [] : [sql`external_id = ${externalId}`]),
  ];
}

/** What is said of the caller holds for nobody who did not sign in. */
function ownConditions(sql: Sql, request: ListProjectsRequest, viewer: Asking) {
  const { createdByMe, mappedByMe, favourite, managedByMe } = request;
  const userId = viewer?.userId ?? 0n;
  return [
    ...(createdByMe ? [sql`author_user_id = ${userId}::bigint and ${userId > 0n}`] : []),
    ...(mappedByMe
      ? [
          sql`projects.project_id in (
            select c.project_id from project_contributors c where c.user_id = ${userId}::bigint)`,
        ]
      : []),
    ...(favourite
      ? [
          sql`projects.project_id in (
            select f.project_id from favourites f where f.user_id = ${userId}::bigint)`,
        ]
      : []),
    ...(managedByMe ? [sql`projects.project_id in (${managedIds(sql, viewer)})`] : []),
  ];
}

/**
 * The projects of teams that the reader may see: the reader's own teams, and all teams of projects that the reader
 * manages.
 */
function ofTeams(sql: Sql, teamIds: readonly number[], viewer: Asking) {
  const known = viewer !== undefined && "teams" in viewer ? viewer : undefined;
  const own = teamIds.filter((teamId) => known?.teams.has(teamId));
  return sql`
    select t.project_id from project_teams t where t.team_id = any(${own}::integer[])
    union all
    select t.project_id from project_teams t
    where t.team_id = any(${[...teamIds]}::integer[]) and t.project_id in (${managedIds(sql, viewer)})`;
}

/** What somebody manages, each way by its own index; administrators manage everything. The rule is that of `managedBy`. */
function managedIds(sql: Sql, viewer: Asking) {
  if (viewer === undefined) return sql`null::integer`;
  const known = "teams" in viewer ? viewer : undefined;
  if (isAdministrator(known)) return sql`select all_of_them.project_id from project_search all_of_them`;
  return sql`
    select mine.project_id from project_search mine where mine.author_user_id = ${viewer.userId}::bigint
    union all
    select ours.project_id from project_search ours
    where ours.organisation_id = any(${[...(known?.managedOrganisationIds ?? [])]}::integer[])
    union all
    select t.project_id from project_teams t
    where t.role = ${ProjectRole.MANAGER} and t.team_id = any(${[...(known?.teams.keys() ?? [])]}::integer[])`;
}

/** Of a larger box, in degrees, the planner would think too little is in it: it is not looked up by its index. */
const INDEXED_DEGREES_MAX = 30;

/** Boxes on either side cross 180° where west is greater than east. The index finds what may meet; the numbers decide. */
function boxConditions(sql: Sql, box: Search["box"]) {
  if (box === undefined) return [];
  const { west, south, east, north } = box;
  const ranges =
    west <= east
      ? [[west, east]]
      : [
          [west, 180],
          [-180, east],
        ];
  const meets: Condition[] = ranges.map(
    ([
      from,
      to,
    ]) => sql`case when west <= east then west <= ${to as number}::float8 and east >= ${from as number}::float8
      else west <= ${to as number}::float8 or east >= ${from as number}::float8 end`,
  );
  const conditions = [sql`south <= ${north}::float8 and north >= ${south}::float8`, anyOf(sql, meets)];
  const width = west <= east ? east - west : 360 + east - west;
  if (Math.max(width, north - south) > INDEXED_DEGREES_MAX) return conditions;
  const found: Condition[] = ranges.map(
    ([from, to]) => sql`search_box(west, south, east, north)
      && box(point(${from as number}::float8, ${south}::float8), point(${to as number}::float8, ${north}::float8))`,
  );
  return [...conditions, anyOf(sql, found)];
}

type Condition = ReturnType<typeof visibleTo>;

function anyOf(sql: Sql, conditions: readonly Condition[]) {
  return sql`(${conditions.reduce((all, one) => sql`${all} or ${one}`)})`;
}
