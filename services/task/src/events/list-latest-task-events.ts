import type { MethodImpl } from "@connectrpc/connect";
import {
  ListLatestTaskEventsRequestSchema,
  type TaskEventService,
} from "@tessera/contracts/tessera/task/v1/task_event_service_pb.ts";
import type { Deps } from "../deps.ts";
import { GREATEST, pageOf } from "../page.ts";

/** Implements tessera.task.v1.TaskEventService.ListLatestTaskEvents. */
export function listLatestTaskEvents({
  store,
  projects,
}: Deps): MethodImpl<typeof TaskEventService.method.listLatestTaskEvents> {
  return async (request, context) => {
    const { projectId } = request;
    await projects.access(projectId, context);
    const { items, nextPageToken } = await pageOf(ListLatestTaskEventsRequestSchema, request, {
      // Positions count from 1: 0 stands for the first page.
      read: (before, limit) => store.listLatestTaskEvents(projectId, before || undefined, limit),
      keyOf: ({ position }) => position,
      greatest: GREATEST.int64,
    });
    return { events: items.map(({ event }) => event), nextPageToken };
  };
}
