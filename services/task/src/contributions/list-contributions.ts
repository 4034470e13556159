import type { MethodImpl } from "@connectrpc/connect";
import {
  type ContributionService,
  ListContributionsRequestSchema,
} from "@tessera/contracts/tessera/task/v1/contribution_service_pb.ts";
import type { Deps } from "../deps.ts";
import { GREATEST, pageOf } from "../page.ts";

/** Implements tessera.task.v1.ContributionService.ListContributions. */
export function listContributions({
  store,
  projects,
}: Deps): MethodImpl<typeof ContributionService.method.listContributions> {
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
