import type { HandlerContext, MethodImpl } from "@connectrpc/connect";
import type { Project } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import type { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { isService } from "../access/is-service.ts";
import { shownTo } from "../access/shown.ts";
import { ifAuthIsThere } from "../access/viewers.ts";
import type { Deps } from "../deps.ts";
import { projectNotFound } from "../refusals.ts";
import { inLanguage } from "./shown-language.ts";

/** Implements tessera.project.v1.ProjectService.GetProject. */
export function getProject(deps: Deps): MethodImpl<typeof ProjectService.method.getProject> {
  const { store, viewers } = deps;
  return async ({ projectId, languages }, context) => {
    const { userId } = callerOf(context);
    // Other services work for everybody: the task service cuts and fits hidden projects, too.
    if (isService(context)) {
      const any = await store.projects.find(projectId, { userId });
      if (any === undefined) throw projectNotFound(projectId);
      return { project: inLanguage(any, languages) };
    }
    // What everybody may see, and what is one's own, needs no answer of auth.
    const own = await store.projects.find(projectId, { userId, asking: { userId } });
    if (own !== undefined) return { project: inLanguage(await forReader(own, deps, context), languages) };
    // Read also if there is no project, so that the time of the answer does not reveal a hidden one.
    const viewer = await viewers.of(context);
    const project = viewer && (await store.projects.find(projectId, { userId, asking: viewer }));
    if (project === undefined) throw projectNotFound(projectId);
    return { project: inLanguage(shownTo(project, viewer), languages) };
  };
}

/** The project as its reader may see it. While auth cannot be asked, nobody but the author counts as a manager. */
async function forReader(project: Project, { viewers }: Deps, context: HandlerContext): Promise<Project> {
  const { userId } = callerOf(context);
  const { allowedUserIds, teams, authorUserId } = project;
  const hasSecrets = allowedUserIds.length > 0 || teams.length > 0;
  if (!hasSecrets || (userId > 0n && authorUserId === userId)) return project;
  return shownTo(project, await ifAuthIsThere(viewers.of(context)));
}
