import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { type SentBack, SentBackSchema } from "@tessera/contracts/tessera/task/v1/statistics_pb.ts";
import type { Submission } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import type { Sql } from "@tessera/postgres/pool.ts";
import { idOf } from "../id-of.ts";
import { type SubmissionRow, submissionOf } from "../submissions/store.ts";
import { SENDS_BACK } from "./entries-store.ts";

/** Where a page begins: after this time (in microseconds since 1970), project, task and number. */
export type Place = readonly [us: bigint, projectId: bigint, taskId: bigint, number: bigint];

/** A row, and its place in the order of the list. */
export interface Placed<T> {
  item: T;
  place: Place;
}

interface PlacedRow {
  us: bigint;
  project_id: number;
  task_id: number;
}

/** A person's mapping that was sent back, the last first. It is open while its task waits, also if it was invalidated once more. */
export async function listSentBack(
  sql: Sql,
  userId: bigint,
  { after, limit }: { after?: Place | undefined; limit: number },
): Promise<Placed<SentBack>[]> {
  const { INVALIDATED } = TaskState;
  // The state is written out, as the index has it: 4 is INVALIDATED.
  const rows = await sql<
    (PlacedRow & {
      revision: bigint;
      actor: bigint;
      commit_time: Date;
      submission_id: number;
      open: boolean;
    })[]
  >`
    select e.project_id, e.task_id, e.revision, e.actor, e.commit_time, e.submission_id,
      ${microseconds(sql, "e.commit_time")} as us,
      t.state is not null as open
    from task_events e left join tasks t on t.project_id = e.project_id and t.task_id = e.task_id
      and t.state = ${INVALIDATED} and not exists (
        select from task_events l where l.project_id = e.project_id and l.task_id = e.task_id and l.revision > e.revision
          and l.to_state = 4 and l.from_state <> 4 and l.kind = any(${SENDS_BACK}::smallint[]))
    where e.before_mapped_by = ${userId} and e.to_state = 4 and e.from_state <> 4
      and e.kind = any(${SENDS_BACK}::smallint[]) ${beyond(sql, ["e.commit_time", "e.project_id", "e.task_id", "e.revision"], after)}
    order by e.commit_time desc, e.project_id desc, e.task_id desc, e.revision desc limit ${limit}`;
  return rows.map((row) => ({
    item: create(SentBackSchema, {
      projectId: row.project_id,
      taskId: row.task_id,
      sentBackByUserId: idOf(row.actor),
      sentBackTime: timestampFromDate(row.commit_time),
      submissionId: idOf(row.submission_id),
      isOpen: row.open,
    }),
    place: [row.us, BigInt(row.project_id), BigInt(row.task_id), row.revision],
  }));
}

/** What a person submitted, the last first. */
export async function listOwnSubmissions(
  sql: Sql,
  userId: bigint,
  { after, limit }: { after?: Place | undefined; limit: number },
): Promise<Placed<Submission>[]> {
  const rows = await sql<(SubmissionRow & PlacedRow)[]>`
    select s.*, ${microseconds(sql, "s.create_time")} as us from submissions s
    where user_id = ${userId} ${beyond(sql, ["s.create_time", "s.project_id", "s.task_id", "s.submission_id"], after)}
    order by create_time desc, project_id desc, task_id desc, submission_id desc limit ${limit}`;
  return rows.map((row) => ({
    item: submissionOf(row),
    place: [row.us, BigInt(row.project_id), BigInt(row.task_id), BigInt(row.submission_id)],
  }));
}

function microseconds(sql: Sql, time: string) {
  return sql`(extract(epoch from ${sql(time)}) * 1000000)::bigint`;
}

/** What comes after a place: rows that are earlier, or as late and lower. */
function beyond(sql: Sql, columns: readonly [time: string, ...string[]], after: Place | undefined) {
  if (after === undefined) return sql``;
  const [us, projectId, taskId, number] = after;
  return sql`and (${sql(columns as unknown as string[])}) < ('epoch'::timestamptz + ${us}::bigint * interval '1 microsecond',
    ${projectId}::bigint, ${taskId}::bigint, ${number}::bigint)`;
}
