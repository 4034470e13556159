import type { MethodImpl } from "@connectrpc/connect";
import {
  ListAssignmentsRequestSchema,
  type TaskService,
} from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import type { Deps } from "../deps.ts";
import { pageOf } from "../page.ts";

/** Implements tessera.task.v1.TaskService.ListAssignments. */
export function listAssignments({
  store,
  projects,
}: Deps): MethodImpl<typeof TaskService.method.listAssignments> {
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
