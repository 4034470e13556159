import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";

/** Makes the draft of a project of an uploaded area. Sent twice, it is one project. */
export async function createProject({ ask, form }: Visit): Promise<Done> {
  const organisationId = form.number("project.organisation_id");
  const instructions = form.optional("project.instructions");
  const areaUploadId = form.bigint("area_upload_id") ?? 0n;
  const { acknowledgement } = await ask(ProjectService.method.createProject, {
    requestId: form.text("_request_id"),
    project: {
      name: form.text("project.name"),
      shortDescription: form.text("project.short_description").replaceAll(/\s*\n\s*/g, " "),
      ...(instructions !== undefined && { instructions }),
      ...(organisationId !== undefined && { organisationId }),
    },
    areaUploadId,
  });
  return { see: `/console/${acknowledgement?.name}/cut`, notice: "projectCreated" };
}
