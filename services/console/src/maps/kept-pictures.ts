import { TaskTileService } from "@tessera/contracts/tessera/task/v1/task_tile_service_pb.ts";
import { LRUCache } from "lru-cache";
import type { Visit } from "../visits/visit.ts";
import type { Bounds } from "./bounds.ts";
import { type DrawnTasks, drawTasks } from "./draw-tasks.ts";
import type { ReadTile } from "./task-shapes.ts";
import { type PlacedTile, tilesAround } from "./tiles-around.ts";

/** A picture, and the tags of the tiles that it was drawn from: a tag says what is in a tile. */
interface Kept {
  etags: readonly string[];
  drawn: DrawnTasks;
}

const KEPT_BYTES_MAX = 32 * 1024 * 1024;
const KEPT_LEAST_BYTES = 1_024;

const kept = new LRUCache<string, Kept>({
  maxSize: KEPT_BYTES_MAX,
  sizeCalculation: ({ drawn }) => KEPT_LEAST_BYTES + 2 * drawn.svg.length,
});

/** Draws the tasks of a project. Another viewer of the same tasks gets the same picture. A caller that may not see them is refused. */
export async function picturedTasks(
  visit: Visit,
  projectId: number,
  bounds: Bounds,
  name: string,
): Promise<DrawnTasks> {
  const places = tilesAround(bounds);
  const key = `${name} ${projectId} ${Object.values(bounds)}`;
  const before = kept.get(key);
  const tiles = await Promise.all(places.map((it, at) => tileAt(visit, projectId, it, before?.etags[at])));
  if (before !== undefined && tiles.every(({ unchanged }) => unchanged)) return before.drawn;
  const read = await Promise.all(
    tiles.map(async ({ unchanged, tile }, at): Promise<ReadTile> => {
      const place = places[at] as PlacedTile;
      return { place, bytes: unchanged ? (await tileAt(visit, projectId, place)).tile : tile };
    }),
  );
  const drawn = drawTasks(read, bounds, name);
  kept.set(key, { etags: tiles.map(({ etag }) => etag), drawn });
  return drawn;
}

/** Reads a tile, if it is another one than the one with a tag. */
function tileAt({ ask }: Visit, projectId: number, { zoom, x, y }: PlacedTile, knownEtag = "") {
  return ask(TaskTileService.method.getTaskTile, { projectId, zoom, x, y, knownEtag });
}
