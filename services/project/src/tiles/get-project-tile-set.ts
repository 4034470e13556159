import type { MethodImpl } from "@connectrpc/connect";
import type { ProjectTileService } from "@tessera/contracts/tessera/project/v1/project_tile_service_pb.ts";
import { tileSetOf } from "./tile-set.ts";

/** Implements tessera.project.v1.ProjectTileService.GetProjectTileSet. */
export function getProjectTileSet(): MethodImpl<typeof ProjectTileService.method.getProjectTileSet> {
  return ({ publicUrl }) => ({ document: Buffer.from(JSON.stringify(tileSetOf(publicUrl))) });
}
