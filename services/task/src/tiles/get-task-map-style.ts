import type { MethodImpl } from "@connectrpc/connect";
import type { TaskTileService } from "@tessera/contracts/tessera/task/v1/task_tile_service_pb.ts";
import type { Deps } from "../deps.ts";
import type { KeptTaskSets } from "./kept-task-sets.ts";
import { styleOf } from "./task-style.ts";

/** Implements tessera.task.v1.TaskTileService.GetTaskMapStyle. */
export function getTaskMapStyle(
  { store, projects }: Deps,
  sets: KeptTaskSets,
): MethodImpl<typeof TaskTileService.method.getTaskMapStyle> {
  return async ({ projectId, publicUrl }, context) => {
    await projects.access(projectId, context);
    const { text } = await store.tasksVersion(projectId);
    const set = await sets.at(projectId, text);
    return { document: Buffer.from(JSON.stringify(styleOf(projectId, publicUrl, set))) };
  };
}
