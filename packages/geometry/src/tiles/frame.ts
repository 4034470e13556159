import type { Tile } from "../grids/tile.ts";
import { latitudeAt, longitudeAt, WORLD_UNITS } from "./mercator.ts";
import type { Shapes } from "./shapes.ts";

/** A tile is this many units wide, and is drawn this far beyond its edges. */
export const EXTENT = 4_096;
export const BUFFER = 64;

/** Where a tile lies in the world: what is drawn into it is shifted and scaled by this. */
export interface Frame {
  zoom: number;
  /** Its western and northern edge, in units of the world. */
  west: number;
  north: number;
  /** How many units of the tile a unit of the world is. */
  scale: number;
  /** What is drawn lies within: west, north, east and south, in units of the world. */
  reach: readonly [number, number, number, number];
}

export function frameOf({ zoom, x, y }: Tile): Frame {
  const size = WORLD_UNITS / 2 ** zoom;
  const beyond = (size * BUFFER) / EXTENT;
  const [west, north] = [x * size, y * size];
  const reach = [west - beyond, north - beyond, west + size + beyond, north + size + beyond] as const;
  return { zoom, west, north, scale: EXTENT / size, reach };
}

/** How far what is drawn of a tile reaches, in degrees. What lies beyond the edge of the map is drawn at that edge. */
export function boxOf({ reach: [west, north, east, south] }: Frame) {
  return {
    west: west < 0 ? -180 : longitudeAt(west),
    south: south > WORLD_UNITS ? -90 : latitudeAt(south),
    east: east > WORLD_UNITS ? 180 : longitudeAt(east),
    north: north < 0 ? 90 : latitudeAt(north),
  };
}

/** Whether any of the shapes may be seen in a tile. */
export function mayBeSeen({ box, count }: Shapes, { reach }: Frame): boolean {
  return count > 0 && box[0] <= reach[2] && box[2] >= reach[0] && box[1] <= reach[3] && box[3] >= reach[1];
}

/** Whether the box of a shape meets a tile. */
export function meets({ boxes }: Shapes, place: number, { reach }: Frame): boolean {
  const at = 4 * place;
  return (
    (boxes[at] as number) <= reach[2] &&
    (boxes[at + 2] as number) >= reach[0] &&
    (boxes[at + 1] as number) <= reach[3] &&
    (boxes[at + 3] as number) >= reach[1]
  );
}

/** Whether a shape lies within what is drawn of a tile. */
export function isInside({ boxes }: Shapes, place: number, { reach }: Frame): boolean {
  const at = 4 * place;
  return (
    (boxes[at] as number) >= reach[0] &&
    (boxes[at + 2] as number) <= reach[2] &&
    (boxes[at + 1] as number) >= reach[1] &&
    (boxes[at + 3] as number) <= reach[3]
  );
}

/** The longer side of a shape's box, in units of a tile. */
export function sizeOf({ boxes }: Shapes, place: number, { scale }: Frame): number {
  const at = 4 * place;
  const width = (boxes[at + 2] as number) - (boxes[at] as number);
  const height = (boxes[at + 3] as number) - (boxes[at + 1] as number);
  return Math.max(width, height) * scale;
}
