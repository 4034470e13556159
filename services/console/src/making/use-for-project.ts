import type { AreaUpload } from "@tessera/contracts/tessera/project/v1/area_upload_pb.ts";
import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { form } from "../forms/form.ts";
import { html } from "../html/html.ts";
import type { Visit } from "../visits/visit.ts";
import { MAKING_TEXTS } from "./texts.ts";

/** The forms that give an uploaded area to a project: as its area, or as its priority areas. */
export async function useForProject(visit: Visit, { areaUploadId }: AreaUpload, projectId: number) {
  const t = MAKING_TEXTS(visit.language).use;
  const { project } = await visit.ask(ProjectService.method.getProject, { projectId });
  const kept = html`<input type="hidden" name="area_upload_id" value="${areaUploadId}"><input type="hidden" name="project_id" value="${projectId}">`;
  const revision = project?.revision;
  const path = `/v1/projects/${projectId}`;
  const area = { method: "PUT", action: `${path}/area`, submit: t.area, revision } as const;
  const urgent = {
    method: "PUT",
    action: `/console/projects/${projectId}/priority-areas`,
    submit: t.priority,
    revision,
  } as const;
  return html`<section><h2>${t.title} <a href="${path}" dir="auto">${project?.name}</a></h2>
<p>${t.areaHelp}</p>${form(visit, area, kept)}<p>${t.priorityHelp}</p>${form(visit, urgent, kept)}</section>`;
}
