import { create } from "@bufbuild/protobuf";
import {
  type DailyContribution,
  DailyContributionSchema,
} from "@tessera/contracts/tessera/task/v1/contribution_pb.ts";
import { SubmissionResult } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import type { Sql } from "@tessera/postgres/pool.ts";

const { MAPPED, BAD_IMAGERY, VALIDATED, INVALIDATED } = SubmissionResult;

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
