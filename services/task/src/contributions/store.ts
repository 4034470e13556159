import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import {
  type Contributor,
  ContributorSchema,
  type DailyContribution,
  DailyContributionSchema,
} from "@tessera/contracts/tessera/task/v1/contribution_pb.ts";
import { SubmissionResult } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import type { Sql } from "@tessera/postgres/pool.ts";

interface ContributorRow {
  user_id: bigint;
  mapped: bigint;
  validated: bigint;
  held: bigint;
  mappings: bigint;
  validations: bigint;
  last: Date | null;
}

const { MAPPED, BAD_IMAGERY, VALIDATED, INVALIDATED } = SubmissionResult;

/** The contributions in a project, by user, after a user; only one user, or all. */
export async function listContributors(
  sql: Sql,
  projectId: number,
  userId: bigint | undefined,
  { after, limit }: { after: bigint; limit: number },
): Promise<Contributor[]> {
  const only = (column: ReturnType<typeof sql>) =>
    userId === undefined
      ? sql`and ${column} > ${after}`
      : sql`and ${column} = ${userId} and ${column} > ${after}`;
  const rows = await sql<ContributorRow[]>`
    select user_id, sum(mapped)::bigint as mapped, sum(validated)::bigint as validated, sum(held)::bigint as held,
      sum(mappings)::bigint as mappings, sum(validations)::bigint as validations, max(last) as last
    from (
      select mapped_by as user_id, count(*) as mapped, 0 as validated, 0 as held, 0 as mappings, 0 as validations,
        null::timestamptz as last
      from tasks where project_id = ${projectId} and mapped_by <> 0 and state <> ${TaskState.SPLIT}
        ${only(sql`mapped_by`)} group by mapped_by
      union all
      select validated_by, 0, count(*), 0, 0, 0, null
      from tasks where project_id = ${projectId} and validated_by <> 0
        and state in (${TaskState.VALIDATED}, ${TaskState.INVALIDATED}) ${only(sql`validated_by`)} group by validated_by
      union all
      select holder, 0, 0, count(*), 0, 0, null
      from lock_slots where project_id = ${projectId} and expire_time > clock_timestamp() ${only(sql`holder`)}
      group by holder
      union all
      select user_id, 0, 0, 0, count(*) filter (where outcome in (${MAPPED}, ${BAD_IMAGERY})),
        count(*) filter (where outcome in (${VALIDATED}, ${INVALIDATED})), max(create_time)
      from submissions where project_id = ${projectId} ${only(sql`user_id`)} group by user_id
    ) parts group by user_id order by user_id limit ${limit}`;
  return rows.map((row) =>
    create(ContributorSchema, {
      projectId,
      userId: row.user_id,
      mappedTaskCount: Number(row.mapped),
      validatedTaskCount: Number(row.validated),
      heldTaskCount: Number(row.held),
      mappingSubmissionCount: Number(row.mappings),
      validationSubmissionCount: Number(row.validations),
      ...(row.last && { lastSubmissionTime: timestampFromDate(row.last) }),
    }),
  );
}

interface DayRow {
  day: number;
  mapped: bigint;
  bad_imagery: bigint;
  validated: bigint;
  invalidated: bigint;
  users: bigint;
}

const DAY_MS = 86_400_000;

/** What was handed in by day, in UTC, after a day (counted from 1970-01-01); by one person, or by all. */
export async function listContributions(
  sql: Sql,
  projectId: number,
  userId: bigint | undefined,
  { after, limit }: { after: number; limit: number },
): Promise<{ day: number; contribution: DailyContribution }[]> {
  const from = new Date((after + 1) * DAY_MS);
  const rows = await sql<DayRow[]>`
    select (extract(epoch from create_time)::bigint / 86400)::integer as day,
      count(*) filter (where outcome = ${MAPPED}) as mapped,
      count(*) filter (where outcome = ${BAD_IMAGERY}) as bad_imagery,
      count(*) filter (where outcome = ${VALIDATED}) as validated,
      count(*) filter (where outcome = ${INVALIDATED}) as invalidated,
      count(distinct user_id) as users
    from submissions where project_id = ${projectId} and create_time >= ${from}
      ${userId === undefined ? sql`` : sql`and user_id = ${userId}`}
    group by 1 order by 1 limit ${limit}`;
  return rows.map((row) => ({
    day: row.day,
    contribution: create(DailyContributionSchema, {
      projectId,
      date: new Date(row.day * DAY_MS).toISOString().slice(0, 10),
      mappedCount: Number(row.mapped),
      badImageryCount: Number(row.bad_imagery),
      validatedCount: Number(row.validated),
      invalidatedCount: Number(row.invalidated),
      userCount: Number(row.users),
    }),
  }));
}
