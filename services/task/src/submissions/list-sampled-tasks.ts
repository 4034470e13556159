import type { MethodImpl } from "@connectrpc/connect";
import {
  ListSampledTasksRequestSchema,
  type ValidationService,
} from "@tessera/contracts/tessera/task/v1/validation_service_pb.ts";
import type { Deps } from "../deps.ts";
import { pageOf } from "../page.ts";

/** Implements tessera.task.v1.ValidationService.ListSampledTasks. */
export function listSampledTasks({
  store,
  projects,
}: Deps): MethodImpl<typeof ValidationService.method.listSampledTasks> {
  return async (request, context) => {
    const { projectId, mappedByUserId: mappedBy, every, seed, onlyWaiting } = request;
    await projects.access(projectId, context);
    const sample = { projectId, mappedBy, every: every || 1, seed, onlyWaiting };
    const { items, nextPageToken } = await pageOf(ListSampledTasksRequestSchema, request, {
      read: (after, limit) => store.sampledTasks(sample, { after: Number(after), limit }),
      keyOf: ({ taskId }) => taskId,
    });
    return { tasks: items, nextPageToken };
  };
}
