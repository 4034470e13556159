import type { MethodImpl } from "@connectrpc/connect";
import {
  ListSubtasksRequestSchema,
  type TaskService,
} from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { selectedNames } from "@tessera/rpc/validation/selected-fields.ts";
import type { Deps } from "../deps.ts";
import { pageOf } from "../page.ts";
import { taskNotFound } from "../refusals.ts";

/** Implements tessera.task.v1.TaskService.ListSubtasks. */
export function listSubtasks({ store, projects }: Deps): MethodImpl<typeof TaskService.method.listSubtasks> {
  return async (request, context) => {
    const { projectId, taskId } = request;
    await projects.access(projectId, context);
    const withArea = selectedNames(ListSubtasksRequestSchema, request)?.has("area") ?? false;
    const { items, nextPageToken } = await pageOf(ListSubtasksRequestSchema, request, {
      read: async (after, limit) => {
        if (!(await store.taskExists(projectId, taskId))) throw taskNotFound(projectId, taskId);
        return store.listSubtasks(projectId, taskId, { after: Number(after), limit, withArea });
      },
      keyOf: (task) => task.taskId,
    });
    return { tasks: items, nextPageToken };
  };
}
