import { setImmediate } from "node:timers/promises";
import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { cutIntoGrid, type GridEdge, type GridTask } from "./grid.ts";
import { boundingBoxOf } from "./measure.ts";
import { packArea } from "./packed-area.ts";
import { unpackTasks } from "./packed-tasks.ts";
import { runInWorker, type WorkOptions } from "./run-in-worker.ts";
import { columnLines, rowLines } from "./tile.ts";

/** Up to this many steps an area is cut where it is: that takes some 20 ms at most, and a thread's start 50. */
const INLINE_STEPS = 20_000;

/** How many tasks are unpacked before the event loop has its turn. */
const TASKS_IN_A_SLICE = 2_000;

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
  if (mostSteps(area, zoom) <= INLINE_STEPS) return cutIntoGrid(area, zoom, edge, limit);
  const packed = await runInWorker({ kind: "cut", area: packArea(area), zoom, edge, limit }, options);
  const tasks: GridTask[] = [];
  for (const slice of unpackTasks(packed, zoom, TASKS_IN_A_SLICE)) {
    for (const task of slice) tasks.push(task);
    await setImmediate();
    options.signal?.throwIfAborted();
  }
  return tasks;
}

/** The most that a cut can take: each square once, and each edge in every row and column. */
function mostSteps(area: MultiPolygon, zoom: number): number {
  const box = boundingBoxOf(area);
  const columns = columnLines(zoom);
  const rows = rowLines(zoom);
  const width = columns.floor(box.east) - columns.floor(box.west) + 1;
  const height = rows.floor(-box.south) - rows.floor(-box.north) + 1;
  return width * height + (area.coordinates.length / 2) * (width + height);
}
