import type { MethodImpl } from "@connectrpc/connect";
import type { AssignmentService } from "@tessera/contracts/tessera/task/v1/assignment_service_pb.ts";
import type { Deps } from "../deps.ts";
import { assignmentNotFound, taskNotFound } from "../refusals.ts";

/** Implements tessera.task.v1.AssignmentService.GetAssignment. */
export function getAssignment({
  store,
  projects,
}: Deps): MethodImpl<typeof AssignmentService.method.getAssignment> {
  return async ({ projectId, taskId }, context) => {
    await projects.access(projectId, context);
    const task = await store.getTask(projectId, taskId);
    if (task === undefined) throw taskNotFound(projectId, taskId);
    if (task.assignment === undefined) throw assignmentNotFound(task);
    return { assignment: task.assignment };
  };
}
