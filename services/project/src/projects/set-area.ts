import { AreaService } from "@tessera/contracts/tessera/project/v1/area_service_pb.ts";
import { command, Overtaken } from "@tessera/postgres/command.ts";
import { managedProject } from "../access/managers-only.ts";
import { areaOrUpload, surveyOf } from "../areas/area-or-upload.ts";
import type { Deps } from "../deps.ts";
import { projectChange } from "../events/project-event.ts";
import { appendEvent } from "../events/store.ts";
import { checkPriorityAreas } from "./check-priority-areas.ts";
import { change } from "./project.ts";
import { updateProjectArea } from "./store.ts";

/** Implements tessera.project.v1.AreaService.SetArea. */
export const setArea = (deps: Deps) => {
  const { store, areaLimits } = deps;
  return command(AreaService.method.setArea, async (request, attempt) => {
    const { projectId, expectedRevision } = request;
    const { context, caller } = attempt;
    const { userId: actor } = caller;
    // Before the replay: what a copy of this request changes in between makes the next read another revision.
    const [ruled] = await store.access.of([{ projectId, userId: actor }]);
    await store.replayIfDone(attempt);
    // Before the whole project is read, so that the time of the answer does not reveal that it exists.
    const { revision } = await managedProject(deps, ruled?.project, projectId, context);
    const project = await store.projects.find(projectId);
    if (project?.revision !== revision) return undefined;
    const given = await areaOrUpload(deps, request, context);
    change(project, {}, expectedRevision);
    // Once: only the expected revision comes this far.
    const { area, survey } = await attempt.once(async () => {
      const work = { signal: context.signal, caller: actor };
      const surveyed = await surveyOf(deps, given, work);
      const { priorityAreas } = project;
      if (priorityAreas) await checkPriorityAreas(priorityAreas, surveyed.area, areaLimits, work);
      return surveyed;
    });
    return store.write(attempt, async (tx, now) => {
      const next = await updateProjectArea(tx, projectId, expectedRevision, { area, survey }, now);
      if (next === undefined) throw new Overtaken();
      const happened = projectChange(project, { area });
      await appendEvent(tx, { ...happened, projectId, revision: next, actor, now, project });
      return { name: `projects/${projectId}`, revision: next };
    });
  });
};
