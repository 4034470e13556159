import type { MethodImpl } from "@connectrpc/connect";
import { ProjectEventKind } from "@tessera/contracts/tessera/project/v1/project_event_pb.ts";
import type { Project } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { mayCreate } from "../access/access.ts";
import { givenArea, surveyGiven } from "../areas/given-area.ts";
import type { Deps } from "../deps.ts";
import { appendEvent } from "../events/append-event.ts";
import { licenceOfProjectNotFound } from "../reference-refusals.ts";
import { creationNotPermitted } from "../refusals.ts";
import { checkPriorityAreas } from "./check-priority-areas.ts";
import { newSettings } from "./settings.ts";
import { insertProject, keepLicence } from "./write-project.ts";

/** Implements tessera.project.v1.ProjectService.CreateProject. */
export function createProject(deps: Deps): MethodImpl<typeof ProjectService.method.createProject> {
  const { store, viewers, directory, areaLimits } = deps;
  return (request, context) => {
    // The contract requires a project, and newSettings an area or an upload.
    const project = request.project as Project;
    const { areaUploadId } = request;
    const settings = newSettings(project, areaUploadId);
    const { userId } = callerOf(context);
    const areaWork = { signal: context.signal, caller: userId };
    return store.command({
      method: ProjectService.method.createProject,
      request,
      context,
      ask: async () => {
        const viewer = await viewers.of(context);
        if (!mayCreate(viewer, settings.organisationId)) throw creationNotPermitted();
        await directory.refuseUnknownOrganisation(
          settings.organisationId,
          context,
          "project.organisation_id",
        );
        await directory.refuseUnknownReferences(settings, context);
        const { licenceId, priorityAreas } = settings;
        if (!(await store.licences.has(licenceId))) throw licenceOfProjectNotFound(licenceId);
        const given = await givenArea(deps, { area: project.area, areaUploadId }, context);
        const surveyed = await surveyGiven(deps, given, areaWork);
        if (priorityAreas) await checkPriorityAreas(priorityAreas, surveyed.area, areaLimits, areaWork);
        return surveyed;
      },
      work: async (tx, now, surveyed) => {
        if (!(await keepLicence(tx, settings.licenceId))) throw licenceOfProjectNotFound(settings.licenceId);
        const projectId = await insertProject(tx, { settings, ...surveyed, authorUserId: userId }, now);
        const kind = ProjectEventKind.CREATED;
        await appendEvent(tx, { kind, projectId, revision: 1n, actor: userId, now, project: settings });
        return { name: `projects/${projectId}`, revision: 1n };
      },
    });
  };
}
