import type { MethodImpl } from "@connectrpc/connect";
import {
  GetTaskResponseSchema,
  type TaskService,
} from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { unreadMessage } from "@tessera/rpc/codec.ts";
import type { Deps } from "../deps.ts";
import { taskNotFound } from "../refusals.ts";

/** Implements tessera.task.v1.TaskService.GetTask. */
export function getTask({ store, projects }: Deps): MethodImpl<typeof TaskService.method.getTask> {
  return async ({ projectId, taskId }, context) => {
    await projects.access(projectId, context);
    const bytes = await store.getTaskResponse(projectId, taskId);
    if (bytes === undefined) throw taskNotFound(projectId, taskId);
    return unreadMessage(GetTaskResponseSchema, bytes);
  };
}
