import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import {
  type Submission,
  type SubmissionOutcome,
  SubmissionSchema,
} from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import type { Sql } from "@tessera/postgres/pool.ts";

interface Row {
  user_id: bigint;
  outcome: SubmissionOutcome;
  comment: string;
  lock_token: bigint;
  create_time: Date;
}

export async function getSubmission(
  sql: Sql,
  projectId: number,
  taskId: number,
  submissionId: number,
): Promise<Submission | undefined> {
  const [row] = await sql<Row[]>`
    select user_id, outcome, comment, lock_token, create_time from submissions
    where project_id = ${projectId} and task_id = ${taskId} and submission_id = ${submissionId}`;
  return (
    row &&
    create(SubmissionSchema, {
      projectId,
      taskId,
      submissionId,
      userId: row.user_id,
      outcome: row.outcome,
      comment: row.comment,
      lockToken: row.lock_token,
      createTime: timestampFromDate(row.create_time),
      revision: 1n,
    })
  );
}
