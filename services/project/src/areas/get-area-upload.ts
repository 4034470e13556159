import type { MethodImpl } from "@connectrpc/connect";
import type { AreaService } from "@tessera/contracts/tessera/project/v1/area_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { areaUploadNotFound } from "./refusals.ts";

/** Implements tessera.project.v1.AreaService.GetAreaUpload. */
export function getAreaUpload({ store }: Deps): MethodImpl<typeof AreaService.method.getAreaUpload> {
  return async ({ areaUploadId }, context) => {
    const areaUpload = await store.areaUploads.find(areaUploadId, callerOf(context).userId);
    if (areaUpload === undefined) throw areaUploadNotFound(areaUploadId);
    return { areaUpload };
  };
}
