import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import {
  type Submission,
  type SubmissionResult,
  SubmissionSchema,
} from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import type { Sql } from "@tessera/postgres/pool.ts";

/** A row of submissions. */
export interface SubmissionRow {
  project_id: number;
  task_id: number;
  submission_id: number;
  user_id: bigint;
  outcome: SubmissionResult;
  comment: string;
  lock_token: bigint;
  issues: [category: string, count: number][] | null;
  create_time: Date;
}

/** Of what a task has, numbered within it: the position after which a page begins. */
export interface Within {
  taskId: number;
  number: number;
}

export async function getSubmission(
  sql: Sql,
  projectId: number,
  taskId: number,
  submissionId: number,
): Promise<Submission | undefined> {
  const [row] = await sql<SubmissionRow[]>`
    select * from submissions
    where project_id = ${projectId} and task_id = ${taskId} and submission_id = ${submissionId}`;
  return row && submissionOf(row);
}

/** What was handed in, by task and number; of one task and by one person, or all. */
export async function listSubmissions(
  sql: Sql,
  {
    projectId,
    taskId,
    userId,
  }: { projectId: number; taskId: number | undefined; userId: bigint | undefined },
  after: Within,
  limit: number,
): Promise<Submission[]> {
  const rows = await sql<SubmissionRow[]>`
    select * from submissions
    where project_id = ${projectId} ${taskId === undefined ? sql`` : sql`and task_id = ${taskId}`}
      ${userId === undefined ? sql`` : sql`and user_id = ${userId}`}
      and (task_id, submission_id) > (${after.taskId}, ${after.number})
    order by task_id, submission_id limit ${limit}`;
  return rows.map(submissionOf);
}

/** Submissions by task and number, in any order. */
export async function submissionsOf(
  sql: Sql,
  projectId: number,
  wanted: readonly Within[],
): Promise<Submission[]> {
  const rows = await sql<SubmissionRow[]>`
    select s.* from submissions s
    join unnest(${wanted.map(({ taskId }) => taskId)}::integer[], ${wanted.map(({ number }) => number)}::integer[])
      as w (task_id, submission_id) on s.task_id = w.task_id and s.submission_id = w.submission_id
    where s.project_id = ${projectId}`;
  return rows.map(submissionOf);
}

/** A submission as it is stored. */
export function submissionOf(row: SubmissionRow): Submission {
  return create(SubmissionSchema, {
    projectId: row.project_id,
    taskId: row.task_id,
    submissionId: row.submission_id,
    userId: row.user_id,
    result: row.outcome,
    comment: row.comment,
    lockToken: row.lock_token,
    issues: (row.issues ?? []).map(([category, count]) => ({ category, count })),
    createTime: timestampFromDate(row.create_time),
    revision: 1n,
  });
}
