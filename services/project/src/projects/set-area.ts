import type { MethodImpl } from "@connectrpc/connect";
import { AreaService, SetAreaResponseSchema } from "@tessera/contracts/tessera/project/v1/area_service_pb.ts";
import { replay, requestKey, untilWritten } from "@tessera/postgres/requests.ts";
import { Overtaken } from "@tessera/postgres/run-command.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { refuseOthers } from "../access/managers-only.ts";
import { givenArea, surveyGiven } from "../areas/given-area.ts";
import type { Deps } from "../deps.ts";
import { appendEvent } from "../events/append-event.ts";
import { projectChange } from "../events/project-event.ts";
import { checkPriorityAreas } from "./check-priority-areas.ts";
import { change } from "./project.ts";
import { updateProjectArea } from "./write-project.ts";

/** Implements tessera.project.v1.AreaService.SetArea. */
export function setArea(deps: Deps): MethodImpl<typeof AreaService.method.setArea> {
  const { store, areaLimits } = deps;
  return (request, context) => {
    const { projectId, expectedRevision } = request;
    const { userId } = callerOf(context);
    const areaWork = { signal: context.signal, caller: userId };
    const key = requestKey(AreaService.method.setArea, request, { projectId, caller: String(userId) });
    return untilWritten(async () => {
      const answered = await store.recall(key);
      if (answered) return replay(SetAreaResponseSchema, key, answered);
      // Before the project is read whole: how long that takes does not tell others that it is there.
      await refuseOthers(deps, projectId, context);
      // In this order: a twin that commits between the two is found among the remembered, not met as PROJECT_CHANGED.
      const project = await store.projects.find(projectId);
      const remembered = await store.recall(key);
      if (remembered) return replay(SetAreaResponseSchema, key, remembered);
      if (project === undefined) return undefined;
      const given = await givenArea(deps, request, context);
      change(project, {}, expectedRevision);
      const { area, survey } = await surveyGiven(deps, given, areaWork);
      const { priorityAreas } = project;
      if (priorityAreas) await checkPriorityAreas(priorityAreas, area, areaLimits, areaWork);
      return store.writeOnce({
        context,
        key,
        output: SetAreaResponseSchema,
        work: async (tx, now) => {
          const revision = await updateProjectArea(tx, projectId, expectedRevision, { area, survey }, now);
          if (revision === undefined) throw new Overtaken();
          const told = projectChange(project, { area });
          await appendEvent(tx, { ...told, projectId, revision, actor: userId, now, project });
          return { name: `projects/${projectId}`, revision };
        },
      });
    });
  };
}
