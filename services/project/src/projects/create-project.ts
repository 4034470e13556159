import { ProjectEventKind } from "@tessera/contracts/tessera/project/v1/project_event_pb.ts";
import type { Project } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import { mayCreate } from "../access/access.ts";
import { areaOrUpload, surveyOf } from "../areas/area-or-upload.ts";
import type { Deps } from "../deps.ts";
import { appendEvent } from "../events/store.ts";
import { licenceOfProjectNotFound } from "../reference-refusals.ts";
import { creationNotPermitted } from "../refusals.ts";
import { checkPriorityAreas } from "./check-priority-areas.ts";
import { newSettings } from "./settings.ts";
import { insertProject, keepLicence } from "./store.ts";

/** Implements tessera.project.v1.ProjectService.CreateProject. */
export const createProject = (deps: Deps) => {
  const { store, viewers, directory, areaLimits } = deps;
  return command(ProjectService.method.createProject, async (request, attempt) => {
    // The contract requires a project, and newSettings an area or an upload.
    const { area } = request.project as Project;
    const { areaUploadId } = request;
    const settings = newSettings(request.project as Project, areaUploadId);
    const { organisationId, licenceId, priorityAreas } = settings;
    const { context, caller } = attempt;
    const work = { signal: context.signal, caller: caller.userId };
    await store.replayIfDone(attempt);
    const viewer = await attempt.once(() => viewers.of(context));
    if (!mayCreate(viewer, organisationId)) throw creationNotPermitted();
    await attempt.once(async () => {
      await directory.refuseUnknownOrganisation(organisationId, context, "project.organisation_id");
      await directory.refuseUnknownReferences(settings, context);
    });
    if (!(await store.licences.has(licenceId))) throw licenceOfProjectNotFound(licenceId);
    const surveyed = await attempt.once(async () => {
      const given = await areaOrUpload(deps, { area, areaUploadId }, context);
      const known = await surveyOf(deps, given, work);
      if (priorityAreas) await checkPriorityAreas(priorityAreas, known.area, areaLimits, work);
      return known;
    });
    return store.write(attempt, async (tx, now) => {
      if (!(await keepLicence(tx, licenceId))) throw licenceOfProjectNotFound(licenceId);
      const actor = caller.userId;
      const projectId = await insertProject(tx, { settings, ...surveyed, authorUserId: actor }, now);
      const kind = ProjectEventKind.CREATED;
      await appendEvent(tx, { kind, projectId, revision: 1n, actor, now, project: settings });
      return { name: `projects/${projectId}`, revision: 1n };
    });
  });
};
