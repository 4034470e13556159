import { create } from "@bufbuild/protobuf";
import { type Statistics, StatisticsSchema } from "@tessera/contracts/tessera/task/v1/statistics_pb.ts";
import {
  StatisticsGroup,
  StatisticsOrder,
} from "@tessera/contracts/tessera/task/v1/statistics_service_pb.ts";
import type { Sql } from "@tessera/postgres/pool.ts";
import { daysOf, FIGURES, recentEvents } from "./entries-store.ts";

/** The work that counts: in these projects, of one person or all, in a period. */
export interface Scope {
  projectIds: readonly number[];
  userId?: bigint | undefined;
  /** Days in UTC, both included: "2026-11-23". */
  fromDate?: string | undefined;
  toDate?: string | undefined;
}

/** After which row a page begins: what it is ordered by, and its key. */
export interface After {
  figure: bigint;
  key: bigint;
}

interface Row extends Record<(typeof FIGURES)[number], bigint> {
  /** A day since 1970-01-01, a person or a project. */
  key: bigint;
  figure: bigint;
  users: bigint;
  projects: bigint;
  first: number;
  last: number;
}

const DAY_MS = 86_400_000;
const { DAY, WEEK, MONTH, PERSON, PROJECT } = StatisticsGroup;
const { MAPPED, VALIDATED, SUBMITTED, TIME } = StatisticsOrder;

/** Statistics, with their place in the order of the list, and the first and the last day that they are of. */
export interface Counted {
  statistics: Statistics;
  after: After;
  first: string;
  last: string;
}

/** The sums of a scope by group, in an order, after a row. */
export async function listStatistics(
  sql: Sql,
  scope: Scope,
  { group, order }: { group: StatisticsGroup; order: StatisticsOrder },
  { after, limit }: { after?: After | undefined; limit: number },
): Promise<Counted[]> {
  const sums = FIGURES.map((it) => sql`, sum(${sql(it)})::bigint as ${sql(it)}`);
  const beyond =
    after === undefined
      ? sql``
      : sql`where figure < ${after.figure} or (figure = ${after.figure} and key > ${after.key})`;
  const rows = await sql<Row[]>`
    with ${recentEvents(sql, narrowed(sql, scope))}, counted as (
      select ${keyOf(sql, group)} as key ${sums}, count(distinct user_id) as users,
        count(distinct project_id) as projects, min(day) - date '1970-01-01' as first, max(day) - date '1970-01-01' as last
      from (select * from statistics_days union all ${daysOf(sql, sql`select * from recent`)}) as d
      where project_id = any(${scope.projectIds as number[]}::integer[]) ${withinScope(sql, scope)}
      group by 1
    ), ordered as (select *, ${figureOf(sql, order)}::bigint as figure from counted)
    select * from ordered ${beyond} order by figure desc, key limit ${limit}`;
  return rows.map((row) => countedOf(row, group));
}

/** The projects in which somebody worked, in a period or ever. */
export async function projectsWithWork(sql: Sql, scope: Omit<Scope, "projectIds">): Promise<number[]> {
  const rows = await sql<{ project_id: number }[]>`
    with ${recentEvents(sql, sql``)}
    select distinct project_id from (
      select project_id, user_id, day from statistics_days
      union all select project_id, user_id, day from (${daysOf(sql, sql`select * from recent`)}) as late) as d
    where true ${withinScope(sql, scope)} order by project_id`;
  return rows.map((row) => row.project_id);
}

function withinScope(sql: Sql, { userId, fromDate, toDate }: Omit<Scope, "projectIds">) {
  return sql`
    ${userId === undefined ? sql`` : sql`and user_id = ${userId}`}
    ${fromDate === undefined ? sql`` : sql`and day >= ${fromDate}::date`}
    ${toDate === undefined ? sql`` : sql`and day <= ${toDate}::date`}`;
}

function narrowed(sql: Sql, { projectIds }: Scope) {
  return sql`and project_id = any(${projectIds as number[]}::integer[])`;
}

function keyOf(sql: Sql, group: StatisticsGroup) {
  if (group === PERSON) return sql`user_id`;
  if (group === PROJECT) return sql`project_id::bigint`;
  if (group === DAY) return sql`(day - date '1970-01-01')::bigint`;
  if (group === WEEK) return sql`(date_trunc('week', day)::date - date '1970-01-01')::bigint`;
  if (group === MONTH) return sql`(date_trunc('month', day)::date - date '1970-01-01')::bigint`;
  return sql`0::bigint`;
}

function figureOf(sql: Sql, order: StatisticsOrder) {
  if (order === MAPPED) return sql`(mapped + bad_imagery)`;
  if (order === VALIDATED) return sql`(validated + invalidated)`;
  if (order === SUBMITTED) return sql`(mapped + bad_imagery + validated + invalidated)`;
  if (order === TIME) return sql`(mapping_ms + validation_ms)`;
  return sql`0`;
}

function countedOf(row: Row, group: StatisticsGroup): Counted {
  const isDated = group === DAY || group === WEEK || group === MONTH;
  const statistics = create(StatisticsSchema, {
    ...(isDated && { date: dateOf(Number(row.key)) }),
    ...(group === PERSON && { userId: row.key }),
    ...(group === PROJECT && { projectId: Number(row.key) }),
    mappedCount: Number(row.mapped),
    badImageryCount: Number(row.bad_imagery),
    validatedCount: Number(row.validated),
    invalidatedCount: Number(row.invalidated),
    sentBackCount: Number(row.sent_back),
    undoneCount: Number(row.undone),
    mappingSeconds: row.mapping_ms / 1_000n,
    validationSeconds: row.validation_ms / 1_000n,
    userCount: Number(row.users),
    projectCount: Number(row.projects),
  });
  const after = { figure: row.figure, key: row.key };
  return { statistics, after, first: dateOf(row.first), last: dateOf(row.last) };
}

function dateOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}
