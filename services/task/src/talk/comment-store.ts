import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { type Comment, CommentSchema } from "@tessera/contracts/tessera/task/v1/comment_pb.ts";
import type { Sql } from "@tessera/postgres/pool.ts";
import type { Page } from "../tasks/store.ts";

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
