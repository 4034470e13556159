import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import type { Done } from "../../visits/page.ts";
import type { Visit } from "../../visits/visit.ts";

/** Makes a draft of a project that is there. */
export async function cloneProject({ ask, form, params }: Visit): Promise<Done> {
  const name = form.optional("name");
  const { acknowledgement } = await ask(ProjectService.method.cloneProject, {
    requestId: form.text("_request_id"),
    projectId: Number(params.project_id),
    ...(name !== undefined && { name }),
  });
  return { see: `/console/${acknowledgement?.name}/name`, notice: "projectCreated" };
}
