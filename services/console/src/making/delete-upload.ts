import { AreaService } from "@tessera/contracts/tessera/project/v1/area_service_pb.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";

/** Deletes an upload, which makes room for another. */
export async function deleteUpload({ ask, form, params }: Visit): Promise<Done> {
  const areaUploadId = BigInt(params.area_upload_id ?? 0);
  await ask(AreaService.method.deleteAreaUpload, { requestId: form.text("_request_id"), areaUploadId });
  return { see: "/console/new-project", notice: "uploadDeleted" };
}
