import type { MethodImpl } from "@connectrpc/connect";
import type { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { isManager, isPublic } from "./access.ts";
import type { Deps } from "./deps.ts";
import { projectNotFound } from "./refusals.ts";

/** Implements tessera.project.v1.ProjectService.GetProject. */
export function getProject(deps: Deps): MethodImpl<typeof ProjectService.method.getProject> {
  const { store, currentUser } = deps;
  return async ({ projectId }, context) => {
    const { userId } = callerOf(context);
    const project = await store.projects.find(projectId);
    if (project && (isPublic(project) || project.authorUserId === userId)) return { project };
    // Asked also where there is no project: how long the answer takes does not tell whether there is a draft.
    const viewer = userId === 0n ? undefined : await currentUser(context);
    if (project === undefined || !isManager(project, viewer)) throw projectNotFound(projectId);
    return { project };
  };
}
