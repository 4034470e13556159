import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { packAreas } from "../areas/packed-areas.ts";
import { cutIntoGrid, type GridEdge, type GridTask } from "../grids/grid.ts";
import { unpackAtLeisure } from "../grids/packed-tasks.ts";
import { columnLines, rowLines } from "../grids/tile.ts";
import { INLINE_STEPS, mostSteps } from "./most-steps.ts";
import { runInWorker, type WorkOptions } from "./run-in-worker.ts";

/**
 * Cuts an area as `cutIntoGrid` does, without holding up the event loop.
 *
 * @throws TooManyTasks if there would be more than `limit` tasks
 * @throws GeometryFault if the area is invalid or too intricate
 * @throws GeometryTimeout
 */
export async function cutInWorker(
  area: MultiPolygon,
  zoom: number,
  edge: GridEdge,
  limit: number,
  options: WorkOptions,
): Promise<GridTask[]> {
  options.signal?.throwIfAborted();
  if (mostSteps(area, rowLines(zoom), columnLines(zoom)) <= INLINE_STEPS)
    return cutIntoGrid(area, zoom, edge, limit);
  const job = { kind: "cut", area: packAreas([area]), zoom, edge, limit } as const;
  return unpackAtLeisure(await runInWorker(job, options), options.signal);
}
