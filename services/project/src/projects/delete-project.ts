import type { MethodImpl } from "@connectrpc/connect";
import { ProjectEventKind } from "@tessera/contracts/tessera/project/v1/project_event_pb.ts";
import {
  DeleteProjectResponseSchema,
  ProjectService,
} from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { replay, requestKey, untilWritten } from "@tessera/postgres/requests.ts";
import { Overtaken } from "@tessera/postgres/run-command.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { managedProject } from "../access/managers-only.ts";
import type { Deps } from "../deps.ts";
import { appendEvent } from "../events/append-event.ts";
import { hasWork, setAside } from "./deletion-store.ts";
import { projectHasWork } from "./life-refusals.ts";

/** Implements tessera.project.v1.ProjectService.DeleteProject. */
export function deleteProject(deps: Deps): MethodImpl<typeof ProjectService.method.deleteProject> {
  const { store } = deps;
  return (request, context) => {
    const { projectId } = request;
    const { userId } = callerOf(context);
    const scope = { projectId, caller: String(userId) };
    const key = requestKey(ProjectService.method.deleteProject, request, scope);
    return untilWritten(async () => {
      // In this order: a twin that commits between the two is found among the remembered.
      const [ruled] = await store.access.of([{ projectId, userId }]);
      const remembered = await store.recall(key);
      if (remembered) return replay(DeleteProjectResponseSchema, key, remembered);
      const project = await managedProject(deps, ruled?.project, projectId, context);
      return store.writeOnce({
        context,
        key,
        output: DeleteProjectResponseSchema,
        work: async (tx, now) => {
          if (!(await setAside(tx, project, userId, now))) throw new Overtaken();
          if (await hasWork(tx, projectId)) throw projectHasWork(projectId);
          const revision = project.revision + 1n;
          const kind = ProjectEventKind.DELETED;
          await appendEvent(tx, {
            kind,
            projectId,
            revision,
            actor: userId,
            now,
            project,
            isAccessChanged: true,
          });
          return { name: `projects/${projectId}`, revision };
        },
      });
    });
  };
}
