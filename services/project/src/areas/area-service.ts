import type { ServiceImpl } from "@connectrpc/connect";
import type { AreaService } from "@tessera/contracts/tessera/project/v1/area_service_pb.ts";
import type { Deps } from "../deps.ts";
import { setArea } from "../projects/set-area.ts";
import { createAreaUpload } from "./create-area-upload.ts";
import { deleteAreaUpload } from "./delete-area-upload.ts";
import { getAreaUpload } from "./get-area-upload.ts";
import { listAreaUploads } from "./list-area-uploads.ts";

/** Implements tessera.project.v1.AreaService. */
export function areaService(deps: Deps): ServiceImpl<typeof AreaService> {
  return {
    createAreaUpload: createAreaUpload(deps),
    getAreaUpload: getAreaUpload(deps),
    listAreaUploads: listAreaUploads(deps),
    deleteAreaUpload: deleteAreaUpload(deps),
    setArea: setArea(deps),
  };
}
