import { create } from "@bufbuild/protobuf";
import { SubmissionResult } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import type { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { type Disagreement, DisagreementSchema } from "@tessera/contracts/tessera/task/v1/validation_pb.ts";
import type { Sql } from "@tessera/postgres/pool.ts";
import { submissionsOf, type Within } from "./store.ts";

/** Which disagreements are read: of one task or one validator; undefined for all. */
export interface DisagreementsOf {
  projectId: number;
  taskId: number | undefined;
  userId: bigint | undefined;
}

const VERDICTS = [SubmissionResult.VALIDATED, SubmissionResult.INVALIDATED];

/** Events after which the next verdict is not about what the one before was about. */
const BETWEEN = [TaskEventKind.UNDONE, TaskEventKind.STATE_CHANGED];

/** Verdicts that differ from the one before, by task and number of the second: of one task or by one person, or all. */
export async function disagreements(
  sql: Sql,
  { projectId, taskId, userId }: DisagreementsOf,
  after: Within,
  limit: number,
): Promise<Disagreement[]> {
  const handedIn = (verdict: "f" | "s") => sql`(
    select h.revision from task_events h where h.project_id = s.project_id and h.task_id = s.task_id
      and h.kind = ${TaskEventKind.SUBMITTED} and h.submission_id = ${sql(verdict)}.submission_id)`;
  const rows = await sql<{ taskId: number; second: number; state: TaskState }[]>`
    select s.task_id as "taskId", s.submission_id as second, t.state
    from submissions s
    join submissions f on f.project_id = s.project_id and f.task_id = s.task_id
      and f.submission_id = s.submission_id - 1
    join tasks t on t.project_id = s.project_id and t.task_id = s.task_id
    where s.project_id = ${projectId} ${taskId === undefined ? sql`` : sql`and s.task_id = ${taskId}`}
      and s.outcome = any(${VERDICTS}::smallint[]) and f.outcome = any(${VERDICTS}::smallint[])
      and f.outcome <> s.outcome and f.user_id <> s.user_id
      and not exists (
        select from task_events e where e.project_id = s.project_id and e.task_id = s.task_id
          and e.kind = any(${BETWEEN}::smallint[]) and e.revision between ${handedIn("f")} and ${handedIn("s")})
      ${userId === undefined ? sql`` : sql`and ${userId} in (f.user_id, s.user_id)`}
      and (s.task_id, s.submission_id) > (${after.taskId}, ${after.number})
    order by s.task_id, s.submission_id limit ${limit}`;
  const verdicts = await submissionsOf(
    sql,
    projectId,
    rows.flatMap(({ taskId: of, second }) => [
      { taskId: of, number: second - 1 },
      { taskId: of, number: second },
    ]),
  );
  const verdict = (of: number, number: number) =>
    verdicts.find((it) => it.taskId === of && it.submissionId === number);
  return rows.map(({ taskId: of, second, state }) => {
    const both = { first: verdict(of, second - 1), second: verdict(of, second) };
    return create(DisagreementSchema, { projectId, taskId: of, state, ...(both as object) });
  });
}
