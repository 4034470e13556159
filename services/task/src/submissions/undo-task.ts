import type { MethodImpl } from "@connectrpc/connect";
import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { undo } from "./undo.ts";

/** Implements tessera.task.v1.TaskService.UndoTask. */
export function undoTask({ store, projects }: Deps): MethodImpl<typeof TaskService.method.undoTask> {
  return (request, context) =>
    store.changeTask({
      method: TaskService.method.undoTask,
      request,
      context,
      needsEarlier: true,
      ask: () => projects.access(request.projectId, context),
      decide: (known, access) => undo(known, callerOf(context), access, request.expectedRevision),
      answer: ({ task }) => ({
        name: `projects/${task.projectId}/tasks/${task.taskId}`,
        revision: task.revision,
      }),
    });
}
