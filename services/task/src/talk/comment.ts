import { create } from "@bufbuild/protobuf";
import type { Access } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { type Comment, CommentSchema } from "@tessera/contracts/tessera/task/v1/comment_pb.ts";
import { TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import type { Caller } from "@tessera/rpc/caller.ts";
import { commentNotFound, commentNotYours } from "../refusals.ts";
import { begin, type Change, follow, type Known } from "../tasks/task.ts";

/** Writes a comment, which changes neither state nor lock. Refuses TASK_NOT_FOUND. */
export function comment(known: Known, caller: Caller, text: string): Change {
  const change = begin(known);
  const commentId = change.task.commentCount + 1;
  const happening = { kind: TaskEventKind.COMMENTED, actorUserId: caller.userId, commentId };
  const { projectId, taskId } = known;
  const written = create(CommentSchema, {
    projectId,
    taskId,
    commentId,
    userId: caller.userId,
    text,
    revision: 1n,
  });
  return { ...follow(change, happening, { commentCount: commentId }), comment: written };
}

/**
 * Deletes a comment, for its author or a manager. Refuses in this order: TASK_NOT_FOUND, COMMENT_NOT_FOUND,
 * COMMENT_NOT_YOURS.
 */
export function removeComment(
  known: Known,
  caller: Caller,
  { management }: Pick<Access, "management">,
  { commentId, written }: { commentId: number; written: Pick<Comment, "userId"> | undefined },
): Change {
  const change = begin(known);
  if (written === undefined) throw commentNotFound(known.projectId, known.taskId, commentId);
  if (written.userId !== caller.userId && !management?.permitted) {
    throw commentNotYours(known.taskId, commentId);
  }
  return follow(change, { kind: TaskEventKind.COMMENT_DELETED, actorUserId: caller.userId, commentId });
}
