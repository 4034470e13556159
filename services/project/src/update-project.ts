import type { HandlerContext, MethodImpl } from "@connectrpc/connect";
import type { Project } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import {
  ProjectService,
  UpdateProjectResponseSchema,
} from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { acknowledgement, replay, requestKey, untilWritten } from "@tessera/postgres/requests.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { isManager, isPublic } from "./access.ts";
import type { Deps } from "./deps.ts";
import { change, readPatch } from "./project.ts";
import { notManager, projectNotFound } from "./refusals.ts";

/** Implements tessera.project.v1.ProjectService.UpdateProject. */
export function updateProject(deps: Deps): MethodImpl<typeof ProjectService.method.updateProject> {
  const { store } = deps;
  return (request, context) => {
    // The contract requires a project.
    const { projectId } = request.project as Project;
    const patch = readPatch(request.project as Project, request.updateMask?.paths ?? []);
    const caller = String(callerOf(context).userId);
    const key = requestKey(ProjectService.method.updateProject, request, { projectId, caller });
    return untilWritten(async () => {
      // In this order: a twin that commits between the two is found among the remembered, not met as PROJECT_CHANGED.
      const project = await store.projects.find(projectId, { area: false });
      const remembered = await store.recall(key);
      if (remembered) return replay(UpdateProjectResponseSchema, key, remembered);
      const settings = change(
        await managed(deps, projectId, project, context),
        patch,
        request.expectedRevision,
      );
      const changed = await store.projects.change(key, request.expectedRevision, settings);
      return changed && { acknowledgement: acknowledgement(key, changed) };
    });
  };
}

/** Answers the project if the caller manages it. Refuses in this order: PROJECT_NOT_FOUND, NOT_MANAGER. */
async function managed(
  { currentUser }: Deps,
  projectId: number,
  project: Project | undefined,
  context: HandlerContext,
): Promise<Project> {
  if (project?.authorUserId === callerOf(context).userId) return project;
  // Asked also where there is no project: how long the answer takes does not tell whether there is a draft.
  const viewer = await currentUser(context);
  if (project && isManager(project, viewer)) return project;
  throw project && isPublic(project) ? notManager(projectId) : projectNotFound(projectId);
}
