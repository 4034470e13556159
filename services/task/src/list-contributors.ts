import type { MethodImpl } from "@connectrpc/connect";
import type { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import type { Deps } from "./deps.ts";
import { pageOf } from "./page.ts";

/** Implements tessera.task.v1.TaskService.ListContributors. */
export function listContributors({
  store,
  projects,
}: Deps): MethodImpl<typeof TaskService.method.listContributors> {
  return async (request, context) => {
    const { projectId, userId } = request;
    await projects.access(projectId, context);
    const { items, nextPageToken } = await pageOf(`contributors/${projectId}/${userId}`, request, {
      read: (after, limit) => store.listContributors(projectId, userId, { after, limit }),
      keyOf: (it) => it.userId,
    });
    return { contributors: items, nextPageToken };
  };
}
