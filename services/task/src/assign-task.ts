import type { MethodImpl } from "@connectrpc/connect";
import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { assign } from "./assignment.ts";
import type { Deps } from "./deps.ts";

/** Implements tessera.task.v1.TaskService.AssignTask. */
export function assignTask({ store, projects }: Deps): MethodImpl<typeof TaskService.method.assignTask> {
  return (request, context) =>
    store.changeTask({
      method: TaskService.method.assignTask,
      request,
      context,
      ask: () => projects.access(request.projectId, context),
      decide: (known, access) => assign(known, callerOf(context), access, request),
      answer: ({ task }) => ({
        name: `projects/${task.projectId}/tasks/${task.taskId}/assignment`,
        revision: task.revision,
        response: { ...(task.assignment?.expireTime && { expireTime: task.assignment.expireTime }) },
      }),
    });
}
