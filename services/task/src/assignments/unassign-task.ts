import type { MethodImpl } from "@connectrpc/connect";
import { AssignmentService } from "@tessera/contracts/tessera/task/v1/assignment_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { unassign } from "./assignment.ts";

/** Implements tessera.task.v1.AssignmentService.UnassignTask. */
export function unassignTask({
  store,
  projects,
}: Deps): MethodImpl<typeof AssignmentService.method.unassignTask> {
  return (request, context) =>
    store.changeTask({
      method: AssignmentService.method.unassignTask,
      request,
      context,
      ask: () => projects.access(request.projectId, context),
      decide: (known, access) => unassign(known, callerOf(context), access),
      answer: ({ task }) => ({
        name: `projects/${task.projectId}/tasks/${task.taskId}/assignment`,
        revision: task.revision,
      }),
    });
}
