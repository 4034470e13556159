import type { MethodImpl } from "@connectrpc/connect";
import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import type { Project } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import {
  ProjectService,
  UpdateProjectResponseSchema,
} from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { replay, requestKey, untilWritten } from "@tessera/postgres/requests.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { checkPriorityAreas } from "./check-priority-areas.ts";
import type { Deps } from "./deps.ts";
import { licenceNotFound } from "./life-refusals.ts";
import { managedProject } from "./managers-only.ts";
import { change } from "./project.ts";
import { projectChange } from "./project-event.ts";
import { readPatch } from "./settings.ts";
import { appendEvent } from "./store/append-event.ts";
import { Overtaken } from "./store/run-command.ts";
import { keepLicence, updateProjectRow } from "./store/write-project.ts";

/** Implements tessera.project.v1.ProjectService.UpdateProject. */
export function updateProject(deps: Deps): MethodImpl<typeof ProjectService.method.updateProject> {
  const { store, areaLimits } = deps;
  return (request, context) => {
    // The contract requires a project.
    const { projectId } = request.project as Project;
    const patch = readPatch(request.project as Project, request.updateMask?.paths ?? []);
    const { priorityAreas, licenceId = 0 } = patch;
    const { expectedRevision } = request;
    const { userId } = callerOf(context);
    const scope = { projectId, caller: String(userId) };
    const key = requestKey(ProjectService.method.updateProject, request, scope);
    return untilWritten(async () => {
      // In this order: a twin that commits between the two is found among the remembered, not met as PROJECT_CHANGED.
      const found = await store.projects.find(projectId);
      const remembered = await store.recall(key);
      if (remembered) return replay(UpdateProjectResponseSchema, key, remembered);
      const project = await managedProject(deps, found, projectId, context);
      if (!(await store.licences.has(licenceId))) throw licenceNotFound(licenceId);
      const changed = change(project, patch, expectedRevision);
      if (priorityAreas) {
        await checkPriorityAreas(priorityAreas, project.area as MultiPolygon, areaLimits, context.signal);
      }
      return store.writeOnce(key, UpdateProjectResponseSchema, async (tx, now) => {
        if (!(await keepLicence(tx, licenceId))) throw licenceNotFound(licenceId);
        const revision = await updateProjectRow(tx, projectId, expectedRevision, patch, now);
        if (revision === undefined) throw new Overtaken();
        const told = projectChange(project, patch);
        await appendEvent(tx, { ...told, projectId, revision, actor: userId, now, project: changed });
        return { name: `projects/${projectId}`, revision };
      });
    });
  };
}
