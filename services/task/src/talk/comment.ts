import { create } from "@bufbuild/protobuf";
import { CommentSchema } from "@tessera/contracts/tessera/task/v1/comment_pb.ts";
import { TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import type { Caller } from "@tessera/rpc/caller.ts";
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
