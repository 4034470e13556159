import { ProjectTileService } from "@tessera/contracts/tessera/project/v1/project_tile_service_pb.ts";
import type { Raw } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { rawTile } from "./raw-tile.ts";

/** One vector tile of the projects that the person may see. */
export function giveProjectTile(visit: Visit): Promise<Raw> {
  return rawTile(visit, (at) => visit.ask(ProjectTileService.method.getProjectTile, at));
}
