import type { MethodImpl } from "@connectrpc/connect";
import { CommentService } from "@tessera/contracts/tessera/task/v1/comment_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { comment } from "./comment.ts";
import { spend } from "./spend.ts";

/** Implements tessera.task.v1.CommentService.CreateComment. */
export function createComment(deps: Deps): MethodImpl<typeof CommentService.method.createComment> {
  const { store, projects } = deps;
  return (request, context) =>
    store.changeTask({
      method: CommentService.method.createComment,
      request,
      context,
      ask: () => projects.access(request.projectId, context),
      spend: () => spend(deps, callerOf(context).userId, "comments"),
      decide: (known) => comment(known, callerOf(context), request.text),
      answer: ({ task }) => ({
        name: `projects/${task.projectId}/tasks/${task.taskId}/comments/${task.commentCount}`,
        // Of the comment, which never changes.
        revision: 1n,
      }),
    });
}
