import type { MethodImpl } from "@connectrpc/connect";
import type { ProjectTileService } from "@tessera/contracts/tessera/project/v1/project_tile_service_pb.ts";
import { styleOf } from "./project-style.ts";

/** Implements tessera.project.v1.ProjectTileService.GetProjectMapStyle. */
export function getProjectMapStyle(): MethodImpl<typeof ProjectTileService.method.getProjectMapStyle> {
  return ({ publicUrl }) => ({ document: Buffer.from(JSON.stringify(styleOf(publicUrl))) });
}
