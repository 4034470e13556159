import { hash } from "node:crypto";
import type { MethodImpl } from "@connectrpc/connect";
import {
  GetTaskTileRequestSchema,
  type TaskTileService,
} from "@tessera/contracts/tessera/task/v1/task_tile_service_pb.ts";
import { frameOf } from "@tessera/geometry/tiles/frame.ts";
import { refuseOutside } from "@tessera/rpc/validation/tile-numbers.ts";
import { withFields } from "@tessera/rpc/validation/validation.ts";
import type { Deps } from "../deps.ts";
import { etagOf, keyOfList } from "../lists/kept-lists.ts";
import { drawTasks } from "./draw-tasks.ts";
import type { KeptTaskSets } from "./kept-task-sets.ts";

/** Part of the tag of what is kept: another one when the same tasks would be drawn differently. */
const DRAWN = "tile 1";
const TAG_LENGTH = 32;

/** Implements tessera.task.v1.TaskTileService.GetTaskTile. */
export function getTaskTile(
  { store, projects }: Deps,
  sets: KeptTaskSets,
): MethodImpl<typeof TaskTileService.method.getTaskTile> {
  return async (request, context) => {
    const asked = withFields(request, "zoom", "x", "y");
    refuseOutside(asked);
    await projects.access(request.projectId, context);
    const { text } = await store.tasksVersion(request.projectId);
    const key = keyOfList(GetTaskTileRequestSchema, request);
    const version = etagOf(key, `${text} ${DRAWN}`);
    let kept = store.lists.find(key, version);
    if (kept === undefined) {
      const set = await sets.at(request.projectId, text);
      // Another caller that waited for the same tasks may have drawn it meanwhile.
      kept = store.lists.find(key, version) ?? draw(asked);
      function draw({ zoom, x, y }: typeof asked): readonly Buffer[] {
        const tile = drawTasks(set, frameOf({ zoom, x, y }));
        const drawn = [tile, Buffer.from(hash("sha256", tile, "hex").slice(0, TAG_LENGTH))];
        store.lists.keep(key, version, drawn);
        return drawn;
      }
    }
    const [tile, tag] = kept as [Buffer, Buffer];
    const etag = tag.toString("latin1");
    return request.knownEtag === etag ? { etag, unchanged: true } : { etag, tile };
  };
}
