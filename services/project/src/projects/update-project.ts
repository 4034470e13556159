import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import type { Project } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { command, Overtaken } from "@tessera/postgres/command.ts";
import { managedProject } from "../access/managers-only.ts";
import type { Deps } from "../deps.ts";
import { projectChange } from "../events/project-event.ts";
import { appendEvent } from "../events/store.ts";
import { licenceOfProjectNotFound } from "../reference-refusals.ts";
import { checkPriorityAreas } from "./check-priority-areas.ts";
import { change } from "./project.ts";
import { readPatch } from "./settings.ts";
import { keepLicence, updateProjectRow } from "./store.ts";

/** Implements tessera.project.v1.ProjectService.UpdateProject. */
export const updateProject = (deps: Deps) => {
  const { store, directory, areaLimits } = deps;
  return command(ProjectService.method.updateProject, async (request, attempt) => {
    // The contract requires a project.
    const { projectId } = request.project as Project;
    const patch = readPatch(request.project as Project, request.updateMask?.paths ?? []);
    const { priorityAreas, licenceId = 0 } = patch;
    const { expectedRevision } = request;
    const { context, caller } = attempt;
    const { userId: actor } = caller;
    // Before the replay: what a copy of this request changes in between makes the next read another revision.
    const [ruled] = await store.access.of([{ projectId, userId: actor }]);
    await store.replayIfDone(attempt);
    // Before the whole project is read, so that the time of the answer does not reveal that it exists.
    const { revision } = await managedProject(deps, ruled?.project, projectId, context);
    const project = await store.projects.find(projectId);
    if (project?.revision !== revision) return undefined;
    // Once: a further try follows only if the project was at the expected revision.
    await attempt.once(() => directory.refuseUnknownReferences(patch, context, project));
    if (!(await store.licences.has(licenceId))) throw licenceOfProjectNotFound(licenceId);
    const changed = change(project, patch, expectedRevision);
    if (priorityAreas) {
      const work = { signal: context.signal, caller: actor };
      const area = project.area as MultiPolygon;
      await attempt.once(() => checkPriorityAreas(priorityAreas, area, areaLimits, work));
    }
    return store.write(attempt, async (tx, now) => {
      if (!(await keepLicence(tx, licenceId))) throw licenceOfProjectNotFound(licenceId);
      const next = await updateProjectRow(tx, projectId, expectedRevision, patch, now);
      if (next === undefined) throw new Overtaken();
      const happened = projectChange(project, patch);
      await appendEvent(tx, { ...happened, projectId, revision: next, actor, now, project: changed });
      return { name: `projects/${projectId}`, revision: next };
    });
  });
};
