import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { command, Overtaken } from "@tessera/postgres/command.ts";
import { mayCreate } from "../access/access.ts";
import { managedProject } from "../access/managers-only.ts";
import type { Deps } from "../deps.ts";
import { projectChange } from "../events/project-event.ts";
import { appendEvent } from "../events/store.ts";
import { projectChanged } from "../refusals.ts";
import { transferNotPermitted } from "./refusals.ts";
import { updateProjectRow } from "./store.ts";

/** Implements tessera.project.v1.ProjectService.TransferProject. */
export const transferProject = (deps: Deps) => {
  const { store, viewers, directory } = deps;
  return command(ProjectService.method.transferProject, async (request, attempt) => {
    const { projectId, expectedRevision } = request;
    const { context, caller } = attempt;
    const { userId: actor } = caller;
    // Before the replay: what a copy of this request changes in between makes the next read another revision.
    const [ruled] = await store.access.of([{ projectId, userId: actor }]);
    await store.replayIfDone(attempt);
    const project = await managedProject(deps, ruled?.project, projectId, context);
    const { authorUserId = project.authorUserId, withoutOrganisation } = request;
    const organisationId = withoutOrganisation
      ? undefined
      : (request.organisationId ?? project.organisationId);
    const patch = {
      ...(authorUserId !== undefined && { authorUserId }),
      organisationId: organisationId ?? 0,
    };
    // Users who may create a project for an organisation may also transfer one to it.
    const viewer = await attempt.once(() => viewers.of(context));
    if (!mayCreate(viewer, organisationId)) throw transferNotPermitted(projectId, organisationId);
    await attempt.once(async () => {
      const { authorUserId: author, organisationId: organisation } = request;
      if (author !== undefined) await directory.refuseUnknownUser(author, context, "author_user_id");
      if (organisation !== undefined) await directory.refuseUnknownOrganisation(organisation, context);
    });
    if (project.revision !== expectedRevision) throw projectChanged(expectedRevision, project.revision);
    return store.write(attempt, async (tx, now) => {
      const revision = await updateProjectRow(tx, projectId, expectedRevision, patch, now);
      if (revision === undefined) throw new Overtaken();
      const happened = projectChange(project, patch);
      await appendEvent(tx, { ...happened, projectId, revision, actor, now, project });
      return { name: `projects/${projectId}`, revision };
    });
  });
};
