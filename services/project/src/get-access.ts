import type { MethodImpl } from "@connectrpc/connect";
import type { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { accessOf, isManager, isPublic } from "./access.ts";
import type { Deps } from "./deps.ts";
import { projectNotFound } from "./refusals.ts";

/** Implements tessera.project.v1.ProjectService.GetAccess. */
export function getAccess(deps: Deps): MethodImpl<typeof ProjectService.method.getAccess> {
  const { store, currentUser } = deps;
  return async ({ projectId }, context) => {
    const signedIn = callerOf(context).userId !== 0n;
    const viewer = signedIn ? await currentUser(context) : undefined;
    // Read after the viewer, so that the answer is no older than the project's revision says.
    const project = await store.projects.find(projectId, { area: false });
    if (project === undefined || !(isPublic(project) || isManager(project, viewer))) {
      throw projectNotFound(projectId);
    }
    return { access: accessOf(project, viewer) };
  };
}
