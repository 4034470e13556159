import type { ServiceImpl } from "@connectrpc/connect";
import type { ProjectTileService } from "@tessera/contracts/tessera/project/v1/project_tile_service_pb.ts";
import type { Deps } from "../deps.ts";
import { getProjectMapStyle } from "./get-project-map-style.ts";
import { getProjectTile } from "./get-project-tile.ts";
import { getProjectTileSet } from "./get-project-tile-set.ts";

/** Implements tessera.project.v1.ProjectTileService. */
export function projectTileService(deps: Deps): ServiceImpl<typeof ProjectTileService> {
  return {
    getProjectTile: getProjectTile(deps),
    getProjectTileSet: getProjectTileSet(),
    getProjectMapStyle: getProjectMapStyle(),
  };
}
