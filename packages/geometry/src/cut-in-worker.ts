import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { cutIntoGrid, type GridEdge, type GridTask } from "./grid.ts";
import { INLINE_STEPS, mostSteps } from "./most-steps.ts";
import { packAreas } from "./packed-areas.ts";
import { unpackAtLeisure } from "./packed-tasks.ts";
import { runInWorker, type WorkOptions } from "./run-in-worker.ts";
import { columnLines, rowLines } from "./tile.ts";

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
