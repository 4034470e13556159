import type { MethodImpl } from "@connectrpc/connect";
import type { CommentService } from "@tessera/contracts/tessera/task/v1/comment_service_pb.ts";
import type { Deps } from "../deps.ts";
import { commentNotFound } from "../refusals.ts";

/** Implements tessera.task.v1.CommentService.GetComment. */
export function getComment({ store, projects }: Deps): MethodImpl<typeof CommentService.method.getComment> {
  return async ({ projectId, taskId, commentId }, context) => {
    await projects.access(projectId, context);
    const comment = await store.getComment(projectId, taskId, commentId);
    if (comment === undefined) throw commentNotFound(projectId, taskId, commentId);
    return { comment };
  };
}
