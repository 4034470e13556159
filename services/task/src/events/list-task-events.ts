import type { MethodImpl } from "@connectrpc/connect";
import {
  ListTaskEventsRequestSchema,
  type TaskEventService,
} from "@tessera/contracts/tessera/task/v1/task_event_service_pb.ts";
import type { Deps } from "../deps.ts";
import { GREATEST, pageOf } from "../page.ts";
import { taskNotFound } from "../refusals.ts";

/** Implements tessera.task.v1.TaskEventService.ListTaskEvents. */
export function listTaskEvents({
  store,
  projects,
}: Deps): MethodImpl<typeof TaskEventService.method.listTaskEvents> {
  return async (request, context) => {
    const { projectId, taskId } = request;
    await projects.access(projectId, context);
    const { items, nextPageToken } = await pageOf(ListTaskEventsRequestSchema, request, {
      read: async (after, limit) => {
        if (!(await store.taskExists(projectId, taskId))) throw taskNotFound(projectId, taskId);
        return store.listTaskEvents(projectId, taskId, after, limit);
      },
      keyOf: ({ revision }) => revision,
      greatest: GREATEST.int64,
    });
    return { events: items, nextPageToken };
  };
}
