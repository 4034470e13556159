import { create } from "@bufbuild/protobuf";
import { MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import type { GridTask } from "./grid.ts";
import { memoryOf, type PackedArea, packArea } from "./packed-area.ts";
import { tileArea } from "./tile.ts";

/** Tasks in arrays that threads can hand over without a copy. */
export interface PackedTasks {
  /** x and y of each task's tile in turn; -1 and -1 where it has none. */
  tiles: Int32Array<ArrayBuffer>;
  /** The number of polygons of each task without a tile, 0 for the others. */
  polygons: Int32Array<ArrayBuffer>;
  /** The polygons of all tasks without a tile, one after the other. */
  pieces: PackedArea;
}

/** Packs tasks for another thread. The areas of tiles are left out, as they follow from the tiles. */
export function packTasks(tasks: GridTask[]): PackedTasks {
  const tiles = new Int32Array(2 * tasks.length).fill(-1);
  const polygons = new Int32Array(tasks.length);
  const pieces = create(MultiPolygonSchema);
  for (const [i, { tile, area }] of tasks.entries()) {
    if (tile) {
      tiles[2 * i] = tile.x;
      tiles[2 * i + 1] = tile.y;
      continue;
    }
    polygons[i] = area.polygonLengths.length;
    for (const value of area.coordinates) pieces.coordinates.push(value);
    for (const length of area.ringLengths) pieces.ringLengths.push(length);
    for (const length of area.polygonLengths) pieces.polygonLengths.push(length);
  }
  return { tiles, polygons, pieces: packArea(pieces) };
}

/** Unpacks tasks in their order, `slice` at a time, so that the caller can see to other things in between. */
export function* unpackTasks(packed: PackedTasks, zoom: number, slice: number): Generator<GridTask[]> {
  const { tiles, polygons, pieces } = packed;
  const { coordinates, ringLengths, polygonLengths } = pieces;
  let position = 0;
  let ring = 0;
  let polygon = 0;
  const piece = (count: number): GridTask => {
    const lengths = polygonLengths.subarray(polygon, polygon + count);
    polygon += count;
    const rings = ringLengths.subarray(ring, ring + lengths.reduce((sum, length) => sum + length, 0));
    ring += rings.length;
    const from = position;
    position += 2 * rings.reduce((sum, length) => sum + length, 0);
    const area = create(MultiPolygonSchema, {
      coordinates: Array.from(coordinates.subarray(from, position)),
      ringLengths: Array.from(rings),
      polygonLengths: Array.from(lengths),
    });
    return { area };
  };
  for (let i = 0; i < polygons.length; ) {
    const tasks: GridTask[] = [];
    for (const end = Math.min(i + slice, polygons.length); i < end; i++) {
      const count = polygons[i] as number;
      if (count > 0) tasks.push(piece(count));
      else {
        const tile = { zoom, x: tiles[2 * i] as number, y: tiles[2 * i + 1] as number };
        tasks.push({ tile, area: tileArea(tile) });
      }
    }
    yield tasks;
  }
}

/** The memory of packed tasks, to be handed over. */
export function memoryOfTasks({ tiles, polygons, pieces }: PackedTasks): ArrayBuffer[] {
  return [tiles.buffer, polygons.buffer, ...memoryOf(pieces)];
}
