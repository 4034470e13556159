import type { MethodImpl } from "@connectrpc/connect";
import { SubmissionService } from "@tessera/contracts/tessera/task/v1/submission_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { undo } from "./undo.ts";

/** Implements tessera.task.v1.SubmissionService.UndoTask. */
export function undoTask({ store, projects }: Deps): MethodImpl<typeof SubmissionService.method.undoTask> {
  return (request, context) =>
    store.changeTask({
      method: SubmissionService.method.undoTask,
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
