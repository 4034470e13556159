import { ProjectEventKind } from "@tessera/contracts/tessera/project/v1/project_event_pb.ts";
import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { command, Overtaken } from "@tessera/postgres/command.ts";
import { managedProject } from "../access/managers-only.ts";
import type { Deps } from "../deps.ts";
import { appendEvent } from "../events/store.ts";
import { hasWork, setAside } from "./deletion-store.ts";
import { projectHasWork } from "./refusals.ts";

/** Implements tessera.project.v1.ProjectService.DeleteProject. */
export const deleteProject = (deps: Deps) => {
  const { store } = deps;
  return command(ProjectService.method.deleteProject, async ({ projectId }, attempt) => {
    const { userId: actor } = attempt.caller;
    // Before the replay: if a copy of this request deletes the project in between, it is found among the remembered.
    const [ruled] = await store.access.of([{ projectId, userId: actor }]);
    await store.replayIfDone(attempt);
    const project = await managedProject(deps, ruled?.project, projectId, attempt.context);
    return store.write(attempt, async (tx, now) => {
      if (!(await setAside(tx, project, actor, now))) throw new Overtaken();
      if (await hasWork(tx, projectId)) throw projectHasWork(projectId);
      const revision = project.revision + 1n;
      const happened = { kind: ProjectEventKind.DELETED, accessChanged: true };
      await appendEvent(tx, { ...happened, projectId, revision, actor, now, project });
      return { name: `projects/${projectId}`, revision };
    });
  });
};
