import type { MethodImpl } from "@connectrpc/connect";
import type { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import type { Deps } from "../deps.ts";
import { taskNotFound } from "../refusals.ts";

/** Implements tessera.task.v1.TaskService.ListSubtasks. */
export function listSubtasks({ store, projects }: Deps): MethodImpl<typeof TaskService.method.listSubtasks> {
  return async ({ projectId, taskId }, context) => {
    await projects.access(projectId, context);
    if (!(await store.taskExists(projectId, taskId))) throw taskNotFound(projectId, taskId);
    return { tasks: await store.listSubtasks(projectId, taskId) };
  };
}
