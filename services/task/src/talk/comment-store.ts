import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { type Comment, CommentSchema } from "@tessera/contracts/tessera/task/v1/comment_pb.ts";
import type { CommentService } from "@tessera/contracts/tessera/task/v1/comment_service_pb.ts";
import { beginFor } from "@tessera/postgres/begin-for.ts";
import { type Attempt, Overtaken, type Written } from "@tessera/postgres/command.ts";
import type { Sql } from "@tessera/postgres/pool.ts";
import type { Page } from "../tasks/store.ts";
import type { Change } from "../tasks/task.ts";
import { undefinedIfRaced, writeAll } from "../tasks/write-store.ts";

interface Row {
  project_id: number;
  task_id: number;
  comment_id: number;
  user_id: bigint;
  text: string;
  create_time: Date;
}

export async function getComment(
  sql: Sql,
  projectId: number,
  taskId: number,
  commentId: number,
): Promise<Comment | undefined> {
  const [comment] = await listComments(sql, projectId, taskId, { after: commentId - 1, limit: 1 });
  return comment?.commentId === commentId ? comment : undefined;
}

/** The comments on a task, oldest first. */
export async function listComments(
  sql: Sql,
  projectId: number,
  taskId: number,
  { after, limit, withText = true }: Page & { withText?: boolean },
): Promise<Comment[]> {
  const rows = await sql<Row[]>`
    select project_id, task_id, comment_id, user_id, create_time, ${withText ? sql`text` : sql`'' as text`}
    from comments where project_id = ${projectId} and task_id = ${taskId} and comment_id > ${after}
    order by comment_id limit ${limit}`;
  return rows.map((row) =>
    create(CommentSchema, {
      projectId: row.project_id,
      taskId: row.task_id,
      commentId: row.comment_id,
      userId: row.user_id,
      text: row.text,
      createTime: timestampFromDate(row.create_time),
      revision: 1n,
    }),
  );
}

type DeleteCommentResponse = typeof CommentService.method.deleteComment.output;

/**
 * Deletes a comment and its text, and writes what its task makes of that, in one transaction. Returns undefined, or throws
 * Overtaken, if the task is no longer as it was read: nothing is written then.
 */
export async function deleteComment(
  sql: Sql,
  attempt: Attempt<DeleteCommentResponse>,
  change: Change,
  commentId: number,
): Promise<Written<DeleteCommentResponse> | undefined> {
  const { projectId, taskId, revision } = change.task;
  const answer = { name: `projects/${projectId}/tasks/${taskId}/comments/${commentId}`, revision };
  const deleted = beginFor(sql, attempt.context, async (tx) => {
    const remember = attempt.remember(answer);
    const caller = attempt.caller.userId;
    const [commitTime] = await writeAll(tx, [{ caller, changes: [change], remember }]);
    if (commitTime === undefined) throw new Overtaken();
    await tx`
      delete from comments
      where project_id = ${projectId} and task_id = ${taskId} and comment_id = ${commentId}`;
    return { ...answer, commitTime };
  });
  return deleted.catch(undefinedIfRaced);
}
