import type { HandlerContext, MethodImpl } from "@connectrpc/connect";
import {
  ProjectService,
  type TransferProjectRequest,
  TransferProjectResponseSchema,
} from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { replay, requestKey, untilWritten } from "@tessera/postgres/requests.ts";
import { Overtaken } from "@tessera/postgres/run-command.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { mayCreate, type RuledProject } from "../access/access.ts";
import { managedProject } from "../access/managers-only.ts";
import type { Deps } from "../deps.ts";
import { appendEvent } from "../events/append-event.ts";
import { projectChange } from "../events/project-event.ts";
import { projectChanged } from "../refusals.ts";
import { transferNotPermitted } from "./life-refusals.ts";
import { updateProjectRow } from "./write-project.ts";

/** Implements tessera.project.v1.ProjectService.TransferProject. */
export function transferProject(deps: Deps): MethodImpl<typeof ProjectService.method.transferProject> {
  const { store } = deps;
  return (request, context) => {
    const { projectId, expectedRevision } = request;
    const { userId } = callerOf(context);
    const scope = { projectId, caller: String(userId) };
    const key = requestKey(ProjectService.method.transferProject, request, scope);
    return untilWritten(async () => {
      // In this order: a twin that commits between the two is found among the remembered, not met as PROJECT_CHANGED.
      const [ruled] = await store.access.of([{ projectId, userId }]);
      const remembered = await store.recall(key);
      if (remembered) return replay(TransferProjectResponseSchema, key, remembered);
      const project = await managedProject(deps, ruled?.project, projectId, context);
      await refuseTaking(deps, project, request, context);
      if (project.revision !== expectedRevision) throw projectChanged(expectedRevision, project.revision);
      const { authorUserId = project.authorUserId, organisationId = project.organisationId } = request;
      const patch = { authorUserId, organisationId };
      return store.writeOnce({
        context,
        key,
        output: TransferProjectResponseSchema,
        work: async (tx, now) => {
          const revision = await updateProjectRow(tx, projectId, expectedRevision, patch, now);
          if (revision === undefined) throw new Overtaken();
          const told = projectChange(project, patch);
          await appendEvent(tx, { ...told, projectId, revision, actor: userId, now, project });
          return { name: `projects/${projectId}`, revision };
        },
      });
    });
  };
}

/** Refuses in this order: TRANSFER_NOT_PERMITTED, USER_NOT_FOUND, ORGANISATION_NOT_FOUND. */
async function refuseTaking(
  { viewers, directory }: Deps,
  project: RuledProject,
  { authorUserId, organisationId }: TransferProjectRequest,
  context: HandlerContext,
): Promise<void> {
  const target = organisationId ?? project.organisationId;
  // Who may take a project over for an organisation is who may create one for it.
  if (!mayCreate(await viewers.of(context), target)) throw transferNotPermitted(project.projectId, target);
  if (authorUserId !== undefined) await directory.refuseUnknownUser(authorUserId, context, "author_user_id");
  if (organisationId !== undefined) await directory.refuseUnknownOrganisation(organisationId, context);
}
