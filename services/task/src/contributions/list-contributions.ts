import type { MethodImpl } from "@connectrpc/connect";
import {
  ListContributionsRequestSchema,
  type TaskService,
} from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import type { Deps } from "../deps.ts";
import { GREATEST, pageOf } from "../page.ts";

/** Implements tessera.task.v1.TaskService.ListContributions. */
export function listContributions({
  store,
  projects,
}: Deps): MethodImpl<typeof TaskService.method.listContributions> {
  return async (request, context) => {
    const { projectId, userId } = request;
    await projects.access(projectId, context);
    const { items, nextPageToken } = await pageOf(ListContributionsRequestSchema, request, {
      read: (after, limit) => store.listContributions(projectId, userId, { after: Number(after), limit }),
      keyOf: ({ day }) => day,
      greatest: GREATEST.day,
    });
    return { contributions: items.map(({ contribution }) => contribution), nextPageToken };
  };
}
