import type { MethodImpl } from "@connectrpc/connect";
import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "./deps.ts";
import { release } from "./task.ts";

/** Implements tessera.task.v1.TaskService.ReleaseLock. */
export function releaseLock({ store, projects }: Deps): MethodImpl<typeof TaskService.method.releaseLock> {
  return (request, context) =>
    store.changeTask({
      method: TaskService.method.releaseLock,
      request,
      context,
      // Asked only whether the caller may see the project: giving back is always permitted.
      ask: () => projects.access(request.projectId, context),
      decide: (known) => release(known, callerOf(context), request.lockToken),
      answer: ({ task }) => ({
        name: `projects/${task.projectId}/tasks/${task.taskId}/lock`,
        revision: task.revision,
      }),
    });
}
