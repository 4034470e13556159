import { ProjectEventKind } from "@tessera/contracts/tessera/project/v1/project_event_pb.ts";
import { ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { command, Overtaken } from "@tessera/postgres/command.ts";
import { isManager, isVisible, mayCreate } from "../access/access.ts";
import { refuseStrangers } from "../access/readers-only.ts";
import type { Deps } from "../deps.ts";
import { appendEvent } from "../events/store.ts";
import { creationNotPermitted, projectNotFound } from "../refusals.ts";
import { nameOfClone } from "./clone.ts";
import { insertClone } from "./store.ts";

/** Implements tessera.project.v1.ProjectService.CloneProject. */
export const cloneProject = (deps: Deps) => {
  const { store, viewers, directory } = deps;
  return command(ProjectService.method.cloneProject, async (request, attempt) => {
    const { projectId } = request;
    const { context, caller } = attempt;
    const { userId: actor } = caller;
    await store.replayIfDone(attempt);
    // Before the whole original is read, so that the time of the answer does not reveal that it exists.
    await refuseStrangers(deps, projectId, context);
    const original = await store.projects.find(projectId);
    const viewer = await attempt.once(() => viewers.of(context));
    if (original === undefined || !isVisible(original, viewer)) throw projectNotFound(projectId);
    const organisationId = request.withoutOrganisation
      ? undefined
      : (request.organisationId ?? original.organisationId);
    if (!mayCreate(viewer, organisationId)) throw creationNotPermitted();
    // In each try: the organisation may be that of the original, which may have changed.
    if (organisationId !== undefined) await directory.refuseUnknownOrganisation(organisationId, context);
    const name = nameOfClone(request.name, original.name);
    const withAllowedUsers = isManager(original, viewer);
    const clone = { name, organisationId: organisationId ?? 0, authorUserId: actor, withAllowedUsers };
    return store.write(attempt, async (tx, now) => {
      const cloneId = await insertClone(tx, original, clone, now);
      if (cloneId === undefined) throw new Overtaken();
      const project = { status: ProjectStatus.DRAFT, private: original.private };
      const happened = { kind: ProjectEventKind.CREATED, projectId: cloneId, revision: 1n };
      await appendEvent(tx, { ...happened, actor, now, project });
      return { name: `projects/${cloneId}`, revision: 1n };
    });
  });
};
