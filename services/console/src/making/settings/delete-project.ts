import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { fieldRefusal } from "../../forms/field-refusal.ts";
import type { Done } from "../../visits/page.ts";
import type { Visit } from "../../visits/visit.ts";
import { SETTING_TEXTS } from "./setting-texts.ts";

/** Deletes a project, once the person has ticked that they mean it. */
export async function deleteProject({ ask, form, params, language }: Visit): Promise<Done> {
  if (!form.isOn("_sure")) throw fieldRefusal("_sure", SETTING_TEXTS(language).life.notSure);
  const projectId = Number(params.project_id);
  await ask(ProjectService.method.deleteProject, { requestId: form.text("_request_id"), projectId });
  return { see: "/v1/projects", notice: "projectDeleted" };
}
