import type { MethodImpl } from "@connectrpc/connect";
import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import type { Project } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import {
  ProjectService,
  UpdateProjectResponseSchema,
} from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { replay, requestKey, untilWritten } from "@tessera/postgres/requests.ts";
import { Overtaken } from "@tessera/postgres/run-command.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { managedProject } from "../access/managers-only.ts";
import type { Deps } from "../deps.ts";
import { appendEvent } from "../events/append-event.ts";
import { projectChange } from "../events/project-event.ts";
import { licenceOfProjectNotFound } from "../reference-refusals.ts";
import { checkPriorityAreas } from "./check-priority-areas.ts";
import { change } from "./project.ts";
import { readPatch } from "./settings.ts";
import { keepLicence, updateProjectRow } from "./write-project.ts";

/** Implements tessera.project.v1.ProjectService.UpdateProject. */
export function updateProject(deps: Deps): MethodImpl<typeof ProjectService.method.updateProject> {
  const { store, directory, areaLimits } = deps;
  return (request, context) => {
    // The contract requires a project.
    const { projectId } = request.project as Project;
    const patch = readPatch(request.project as Project, request.updateMask?.paths ?? []);
    const { priorityAreas, licenceId = 0 } = patch;
    const { expectedRevision } = request;
    const { userId } = callerOf(context);
    const areaWork = { signal: context.signal, caller: userId };
    const scope = { projectId, caller: String(userId) };
    const key = requestKey(ProjectService.method.updateProject, request, scope);
    return untilWritten(async () => {
      // Before the look at what is remembered: what a twin changes in between makes the next read another revision.
      const [ruled] = await store.access.of([{ projectId, userId }]);
      const remembered = await store.recall(key);
      if (remembered) return replay(UpdateProjectResponseSchema, key, remembered);
      // Before the project is read whole: how long that takes does not tell others that it is there.
      const { revision } = await managedProject(deps, ruled?.project, projectId, context);
      const project = await store.projects.find(projectId);
      if (project?.revision !== revision) return undefined;
      await directory.refuseUnknownReferences(patch, context, project);
      if (!(await store.licences.has(licenceId))) throw licenceOfProjectNotFound(licenceId);
      const changed = change(project, patch, expectedRevision);
      if (priorityAreas) {
        await checkPriorityAreas(priorityAreas, project.area as MultiPolygon, areaLimits, areaWork);
      }
      return store.writeOnce({
        context,
        key,
        output: UpdateProjectResponseSchema,
        work: async (tx, now) => {
          if (!(await keepLicence(tx, licenceId))) throw licenceOfProjectNotFound(licenceId);
          const next = await updateProjectRow(tx, projectId, expectedRevision, patch, now);
          if (next === undefined) throw new Overtaken();
          const told = projectChange(project, patch);
          await appendEvent(tx, { ...told, projectId, revision: next, actor: userId, now, project: changed });
          return { name: `projects/${projectId}`, revision: next };
        },
      });
    });
  };
}
