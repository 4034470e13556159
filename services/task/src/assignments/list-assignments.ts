import type { MethodImpl } from "@connectrpc/connect";
import {
  type AssignmentService,
  ListAssignmentsRequestSchema,
} from "@tessera/contracts/tessera/task/v1/assignment_service_pb.ts";
import type { Deps } from "../deps.ts";
import { pageOf } from "../page.ts";

/** Implements tessera.task.v1.AssignmentService.ListAssignments. */
export function listAssignments({
  store,
  projects,
}: Deps): MethodImpl<typeof AssignmentService.method.listAssignments> {
  return async (request, context) => {
    const { projectId, userId } = request;
    await projects.access(projectId, context);
    const { items, nextPageToken } = await pageOf(ListAssignmentsRequestSchema, request, {
      read: (after, limit) => store.listAssigned(projectId, userId, { after: Number(after), limit }),
      keyOf: ({ taskId }) => taskId,
    });
    return { assignments: items.flatMap(({ assignment }) => assignment ?? []), nextPageToken };
  };
}
