import type { MethodImpl } from "@connectrpc/connect";
import { ProjectEventKind } from "@tessera/contracts/tessera/project/v1/project_event_pb.ts";
import { ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import {
  CloneProjectResponseSchema,
  ProjectService,
} from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { replay, requestKey, untilWritten } from "@tessera/postgres/requests.ts";
import { Overtaken } from "@tessera/postgres/run-command.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { isManager, isVisible, mayCreate } from "../access/access.ts";
import { refuseStrangers } from "../access/readers-only.ts";
import type { Deps } from "../deps.ts";
import { appendEvent } from "../events/append-event.ts";
import { creationNotPermitted, projectNotFound } from "../refusals.ts";
import { nameOfClone } from "./clone.ts";
import { insertClone } from "./insert-clone.ts";

/** Implements tessera.project.v1.ProjectService.CloneProject. */
export function cloneProject(deps: Deps): MethodImpl<typeof ProjectService.method.cloneProject> {
  const { store, viewers, directory } = deps;
  return (request, context) => {
    const { projectId } = request;
    const { userId } = callerOf(context);
    const key = requestKey(ProjectService.method.cloneProject, request, {
      projectId,
      caller: String(userId),
    });
    return untilWritten(async () => {
      const remembered = await store.recall(key);
      if (remembered) return replay(CloneProjectResponseSchema, key, remembered);
      // Before the original is read whole: how long that takes does not tell others that it is there.
      await refuseStrangers(deps, projectId, context);
      const [original, viewer] = [await store.projects.find(projectId), await viewers.of(context)];
      if (original === undefined || !isVisible(original, viewer)) throw projectNotFound(projectId);
      const { organisationId = original.organisationId } = request;
      if (!mayCreate(viewer, organisationId)) throw creationNotPermitted();
      await directory.refuseUnknownOrganisation(organisationId, context);
      const clone = {
        name: nameOfClone(request.name, original.name),
        organisationId,
        authorUserId: userId,
        withAllowedUsers: isManager(original, viewer),
      };
      return store.writeOnce({
        context,
        key,
        output: CloneProjectResponseSchema,
        work: async (tx, now) => {
          const cloneId = await insertClone(tx, original, clone, now);
          if (cloneId === undefined) throw new Overtaken();
          const project = { status: ProjectStatus.DRAFT, isPrivate: original.isPrivate };
          const happened = { kind: ProjectEventKind.CREATED, projectId: cloneId, revision: 1n };
          await appendEvent(tx, { ...happened, actor: userId, now, project });
          return { name: `projects/${cloneId}`, revision: 1n };
        },
      });
    });
  };
}
