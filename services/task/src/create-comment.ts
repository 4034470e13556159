import type { MethodImpl } from "@connectrpc/connect";
import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { comment } from "./comment.ts";
import type { Deps } from "./deps.ts";

/** Implements tessera.task.v1.TaskService.CreateComment. */
export function createComment({
  store,
  projects,
}: Deps): MethodImpl<typeof TaskService.method.createComment> {
  return (request, context) =>
    store.changeTask({
      method: TaskService.method.createComment,
      request,
      context,
      ask: () => projects.access(request.projectId, context),
      decide: (known) => comment(known, callerOf(context), request.text),
      answer: ({ task }) => ({
        name: `projects/${task.projectId}/tasks/${task.taskId}/comments/${task.commentCount}`,
        // Of the comment, which never changes.
        revision: 1n,
      }),
    });
}
