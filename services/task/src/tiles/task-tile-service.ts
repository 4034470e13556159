import type { ServiceImpl } from "@connectrpc/connect";
import type { TaskTileService } from "@tessera/contracts/tessera/task/v1/task_tile_service_pb.ts";
import type { Deps } from "../deps.ts";
import { getTaskMapStyle } from "./get-task-map-style.ts";
import { getTaskTile } from "./get-task-tile.ts";
import { getTaskTileSet } from "./get-task-tile-set.ts";
import { keptTaskSets } from "./kept-task-sets.ts";

/** Implements tessera.task.v1.TaskTileService. */
export function taskTileService(deps: Deps): ServiceImpl<typeof TaskTileService> {
  const sets = keptTaskSets(deps.store, deps.settings.keptTaskSetsBytes);
  return {
    getTaskTile: getTaskTile(deps, sets),
    getTaskTileSet: getTaskTileSet(deps, sets),
    getTaskMapStyle: getTaskMapStyle(deps, sets),
  };
}
