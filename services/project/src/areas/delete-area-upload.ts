import type { MethodImpl } from "@connectrpc/connect";
import { AreaService } from "@tessera/contracts/tessera/project/v1/area_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { areaUploadNotFound } from "./refusals.ts";
import { deleteUpload } from "./store.ts";

/** Implements tessera.project.v1.AreaService.DeleteAreaUpload. */
export function deleteAreaUpload({ store }: Deps): MethodImpl<typeof AreaService.method.deleteAreaUpload> {
  return (request, context) => {
    const { areaUploadId } = request;
    const { userId } = callerOf(context);
    return store.command({
      method: AreaService.method.deleteAreaUpload,
      request,
      context,
      work: async (tx) => {
        if (!(await deleteUpload(tx, areaUploadId, userId))) throw areaUploadNotFound(areaUploadId);
        return { name: `area-uploads/${areaUploadId}`, revision: 2n };
      },
    });
  };
}
