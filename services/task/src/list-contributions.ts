import type { MethodImpl } from "@connectrpc/connect";
import type { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import type { Deps } from "./deps.ts";
import { pageOf } from "./page.ts";

/** Implements tessera.task.v1.TaskService.ListContributions. */
export function listContributions({
  store,
  projects,
}: Deps): MethodImpl<typeof TaskService.method.listContributions> {
  return async (request, context) => {
    const { projectId, userId } = request;
    await projects.access(projectId, context);
    const { items, nextPageToken } = await pageOf(`contributions/${projectId}/${userId}`, request, {
      read: (after, limit) => store.listContributions(projectId, userId, { after: Number(after), limit }),
      keyOf: ({ day }) => day,
    });
    return { contributions: items.map(({ contribution }) => contribution), nextPageToken };
  };
}
