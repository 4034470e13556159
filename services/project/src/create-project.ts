import type { MethodImpl } from "@connectrpc/connect";
import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { ProjectEventKind } from "@tessera/contracts/tessera/project/v1/project_event_pb.ts";
import type { Project } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { mayCreate } from "./access.ts";
import { checkPriorityAreas } from "./check-priority-areas.ts";
import type { Deps } from "./deps.ts";
import { licenceNotFound } from "./life-refusals.ts";
import { creationNotPermitted } from "./refusals.ts";
import { newSettings } from "./settings.ts";
import { appendEvent } from "./store/append-event.ts";
import { insertProject, keepLicence } from "./store/write-project.ts";
import { surveyArea } from "./survey-area.ts";

/** Implements tessera.project.v1.ProjectService.CreateProject. */
export function createProject(deps: Deps): MethodImpl<typeof ProjectService.method.createProject> {
  const { store, viewers, directory, areaLimits } = deps;
  return (request, context) => {
    // The contract requires a project, and newSettings an area.
    const project = request.project as Project;
    const settings = newSettings(project);
    const area = project.area as MultiPolygon;
    const { userId } = callerOf(context);
    return store.command({
      method: ProjectService.method.createProject,
      request,
      caller: userId,
      ask: async () => {
        const viewer = await viewers.of(context);
        if (!mayCreate(viewer, settings.organisationId)) throw creationNotPermitted();
        await directory.refuseUnknownOrganisation(settings.organisationId, context);
        const { licenceId, priorityAreas } = settings;
        if (!(await store.licences.has(licenceId))) throw licenceNotFound(licenceId);
        const survey = await surveyArea(area, areaLimits, context.signal);
        if (priorityAreas) await checkPriorityAreas(priorityAreas, area, areaLimits, context.signal);
        return survey;
      },
      work: async (tx, now, survey) => {
        if (!(await keepLicence(tx, settings.licenceId))) throw licenceNotFound(settings.licenceId);
        const projectId = await insertProject(tx, { settings, area, survey, authorUserId: userId }, now);
        const kind = ProjectEventKind.CREATED;
        await appendEvent(tx, { kind, projectId, revision: 1n, actor: userId, now, project: settings });
        return { name: `projects/${projectId}`, revision: 1n };
      },
    });
  };
}
