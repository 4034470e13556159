import type { MethodImpl } from "@connectrpc/connect";
import {
  type ContributionService,
  ListContributorsRequestSchema,
} from "@tessera/contracts/tessera/task/v1/contribution_service_pb.ts";
import type { Deps } from "../deps.ts";
import { GREATEST, pageOf } from "../page.ts";

/** Implements tessera.task.v1.ContributionService.ListContributors. */
export function listContributors({
  store,
  projects,
}: Deps): MethodImpl<typeof ContributionService.method.listContributors> {
  return async (request, context) => {
    const { projectId, userId } = request;
    await projects.access(projectId, context);
    const { items, nextPageToken } = await pageOf(ListContributorsRequestSchema, request, {
      read: (after, limit) => store.listContributors(projectId, userId, { after, limit }),
      keyOf: (it) => it.userId,
      greatest: GREATEST.int64,
    });
    return { contributors: items, nextPageToken };
  };
}
