import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import type { Done } from "../../visits/page.ts";
import type { Visit } from "../../visits/visit.ts";
import { userIdOf } from "./linked-settings.ts";

/** Gives a project to another author, by name, or to another organisation. */
export async function transferProject(visit: Visit): Promise<Done> {
  const { ask, form, params } = visit;
  const projectId = Number(params.project_id);
  const author = form.optional("author_name");
  const organisation = form.text("organisation_id");
  await ask(ProjectService.method.transferProject, {
    requestId: form.text("_request_id"),
    projectId,
    ...(author !== undefined && { authorUserId: await userIdOf(visit, author, "author_name") }),
    ...(/^\d{1,9}$/.test(organisation) && { organisationId: Number(organisation) }),
    withoutOrganisation: organisation === "none",
    expectedRevision: form.bigint("_revision") ?? 0n,
  });
  return { see: `/v1/projects/${projectId}`, notice: "projectTransferred" };
}
