import { AreaService } from "@tessera/contracts/tessera/project/v1/area_service_pb.ts";
import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";

/** Gives a project the area of an upload. */
export async function setArea({ ask, form, params }: Visit): Promise<Done> {
  const projectId = Number(params.project_id);
  await ask(AreaService.method.setArea, {
    requestId: form.text("_request_id"),
    projectId,
    areaUploadId: form.bigint("area_upload_id") ?? 0n,
    expectedRevision: form.bigint("_revision") ?? 0n,
  });
  return { see: `/console/projects/${projectId}/area`, notice: "settingsSaved" };
}

/** Makes the area of an upload the priority areas of a project. */
export async function setPriorityAreas({ ask, form, params }: Visit): Promise<Done> {
  const projectId = Number(params.project_id);
  const areaUploadId = form.bigint("area_upload_id") ?? 0n;
  const { areaUpload } = await ask(AreaService.method.getAreaUpload, { areaUploadId });
  await ask(ProjectService.method.updateProject, {
    requestId: form.text("_request_id"),
    project: { projectId, ...(areaUpload?.area !== undefined && { priorityAreas: areaUpload.area }) },
    updateMask: { paths: ["priority_areas"] },
    expectedRevision: form.bigint("_revision") ?? 0n,
  });
  return { see: `/console/projects/${projectId}/area`, notice: "settingsSaved" };
}
