import type { MethodImpl } from "@connectrpc/connect";
import { AssignmentService } from "@tessera/contracts/tessera/task/v1/assignment_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { permitUnlessArchived } from "../refusals.ts";
import { assign } from "./assignment.ts";

/** Implements tessera.task.v1.AssignmentService.AssignTask. */
export function assignTask({
  store,
  projects,
  people,
}: Deps): MethodImpl<typeof AssignmentService.method.assignTask> {
  return (request, context) =>
    store.changeTask({
      method: AssignmentService.method.assignTask,
      request,
      context,
      ask: async () => {
        const access = await projects.access(request.projectId, context);
        permitUnlessArchived(access, access.management);
        await people.refuseUnknownUser(request.userId, context, "user_id");
        return access;
      },
      decide: (known, access) => assign(known, callerOf(context), access, request),
      answer: ({ task }) => ({
        name: `projects/${task.projectId}/tasks/${task.taskId}/assignment`,
        revision: task.revision,
        response: { ...(task.assignment?.expireTime && { expireTime: task.assignment.expireTime }) },
      }),
    });
}
