import { TaskTileService } from "@tessera/contracts/tessera/task/v1/task_tile_service_pb.ts";
import type { Raw } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { rawTile } from "./raw-tile.ts";

/** One vector tile of a project's tasks, in the person's name. */
export function giveTaskTile(visit: Visit): Promise<Raw> {
  const projectId = Number(visit.params.project_id);
  return rawTile(visit, (at) => visit.ask(TaskTileService.method.getTaskTile, { projectId, ...at }));
}
