import type { MethodImpl } from "@connectrpc/connect";
import type { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { shownTo } from "../access/shown.ts";
import { ifAuthIsThere } from "../access/viewers.ts";
import type { Deps } from "../deps.ts";

/** Implements tessera.project.v1.ProjectService.BatchGetProjects. */
export function batchGetProjects({
  store,
  viewers,
}: Deps): MethodImpl<typeof ProjectService.method.batchGetProjects> {
  return async ({ projectIds }, context) => {
    const { userId } = callerOf(context);
    // While auth is unavailable, everybody still sees public projects and their own, as in lists.
    const known = await ifAuthIsThere(viewers.of(context));
    const asking = known ?? (userId === 0n ? undefined : { userId });
    const found = await store.projects.findMany(projectIds, userId, asking);
    const projects = projectIds.flatMap((projectId) => found.get(projectId) ?? []);
    return {
      projects: projects.map((it) => (it.authorUserId === userId ? it : shownTo(it, known))),
      missingProjectIds: projectIds.filter((projectId) => !found.has(projectId)),
    };
  };
}
