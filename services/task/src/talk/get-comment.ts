import type { MethodImpl } from "@connectrpc/connect";
import type { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import type { Deps } from "../deps.ts";
import { commentNotFound } from "../refusals.ts";

/** Implements tessera.task.v1.TaskService.GetComment. */
export function getComment({ store, projects }: Deps): MethodImpl<typeof TaskService.method.getComment> {
  return async ({ projectId, taskId, commentId }, context) => {
    await projects.access(projectId, context);
    const comment = await store.getComment(projectId, taskId, commentId);
    if (comment === undefined) throw commentNotFound(projectId, taskId, commentId);
    return { comment };
  };
}
