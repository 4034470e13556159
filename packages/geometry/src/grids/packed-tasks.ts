import { setImmediate } from "node:timers/promises";
import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { memoryOfAreas, type PackedAreas, packAreas, unpackAreas } from "../areas/packed-areas.ts";
import type { GridTask } from "./grid.ts";
import { tileArea } from "./tile.ts";

/** How many tasks are unpacked before the event loop has its turn. */
const TASKS_IN_A_SLICE = 2_000;

/** Tasks in arrays that threads can hand over without a copy. */
export interface PackedTasks {
  /** Zoom, x and y of each task's tile in turn; -1, -1 and -1 where it has none. */
  tiles: Int32Array<ArrayBuffer>;
  /** The areas of the tasks without a tile. */
  pieces: PackedAreas;
}

/** Packs tasks for another thread. The areas of tiles are left out, as they follow from the tiles. */
export function packTasks(tasks: readonly GridTask[]): PackedTasks {
  const tiles = new Int32Array(3 * tasks.length).fill(-1);
  for (const [i, { tile }] of tasks.entries()) if (tile) tiles.set([tile.zoom, tile.x, tile.y], 3 * i);
  return { tiles, pieces: packAreas(tasks.filter(({ tile }) => !tile).map(({ area }) => area)) };
}

/** Unpacks tasks in their order, one at a time. */
export function* unpackTasks({ tiles, pieces }: PackedTasks): Generator<GridTask> {
  const areas = unpackAreas(pieces);
  for (let i = 0; i < tiles.length; i += 3) {
    const [zoom, x, y] = [tiles[i], tiles[i + 1], tiles[i + 2]] as [number, number, number];
    const tile = { zoom, x, y };
    if (zoom >= 0) yield { tile, area: tileArea(tile) };
    else yield { area: areas.next().value as MultiPolygon };
  }
}

/**
 * Unpacks tasks without holding up the event loop.
 *
 * @throws the reason of the signal
 */
export async function unpackAtLeisure(
  packed: PackedTasks,
  signal: AbortSignal | undefined,
): Promise<GridTask[]> {
  const tasks: GridTask[] = [];
  for (const task of unpackTasks(packed)) {
    tasks.push(task);
    if (tasks.length % TASKS_IN_A_SLICE > 0) continue;
    await setImmediate();
    signal?.throwIfAborted();
  }
  return tasks;
}

/** The memory of packed tasks, to be handed over. */
export function memoryOfTasks({ tiles, pieces }: PackedTasks): ArrayBuffer[] {
  return [tiles.buffer, ...memoryOfAreas(pieces)];
}
