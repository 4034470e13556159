import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { unitsEast, unitsSouth, WORLD_UNITS } from "./mercator.ts";

/** Areas in web mercator, packed: prepared once, drawn into many tiles. All places are in units of the world. */
export interface Shapes {
  count: number;
  /** West, north, east and south of each. */
  boxes: Uint32Array;
  /** The smallest box around all: west, north, east and south. */
  box: readonly [number, number, number, number];
  /** The first ring of each, and the end of the last. */
  firstRings: Uint32Array;
  /**
   * The first position of each ring, and the end of the last. Rings are not closed. They run as tiles have them, which is the
   * other way than in GeoJSON: outer ones clockwise, holes counterclockwise, on a map with the north above.
   */
  firstPositions: Uint32Array;
  /** 1 for a ring that is the outer one of a polygon. */
  outer: Uint8Array;
  /** Positions: x, y, x, y, … */
  positions: Uint32Array;
  /** What they take in memory. */
  bytes: number;
}

/** Prepares areas. */
export function shapesOf(areas: readonly MultiPolygon[]): Shapes {
  let rings = 0;
  let values = 0;
  for (const { ringLengths, coordinates } of areas) {
    rings += ringLengths.length;
    values += coordinates.length - 2 * ringLengths.length;
  }
  const boxes = new Uint32Array(4 * areas.length);
  const firstRings = new Uint32Array(areas.length + 1);
  const firstPositions = new Uint32Array(rings + 1);
  const outer = new Uint8Array(rings);
  const positions = new Uint32Array(values);
  let ring = 0;
  let at = 0;
  let [west, north, east, south] = [WORLD_UNITS, WORLD_UNITS, 0, 0];
  areas.forEach((area, place) => {
    const from = at;
    for (const first of outerRings(area)) outer[ring + first] = 1;
    let read = 0;
    for (const length of area.ringLengths) {
      read += 2 * length;
      // Backwards, and without the position that closes it.
      for (let i = 1, from = read - 2; i < length; i++, from -= 2) {
        positions[at++] = unitsEast(area.coordinates[from] as number);
        positions[at++] = unitsSouth(area.coordinates[from + 1] as number);
      }
      firstPositions[++ring] = at / 2;
    }
    firstRings[place + 1] = ring;
    const box = boxOf(positions, from, at);
    boxes.set(box, 4 * place);
    west = Math.min(west, box[0]);
    north = Math.min(north, box[1]);
    east = Math.max(east, box[2]);
    south = Math.max(south, box[3]);
  });
  const arrays = [boxes, firstRings, firstPositions, outer, positions];
  const bytes = arrays.reduce((sum, it) => sum + it.byteLength, 0);
  const box = [west, north, east, south] as const;
  return { count: areas.length, boxes, box, firstRings, firstPositions, outer, positions, bytes };
}

function* outerRings({ polygonLengths }: MultiPolygon): Generator<number> {
  let first = 0;
  for (const length of polygonLengths) {
    yield first;
    first += length;
  }
}

function boxOf(positions: Uint32Array, from: number, to: number): [number, number, number, number] {
  let [west, north, east, south] = [WORLD_UNITS, WORLD_UNITS, 0, 0];
  for (let at = from; at < to; at += 2) {
    const x = positions[at] as number;
    const y = positions[at + 1] as number;
    if (x < west) west = x;
    if (x > east) east = x;
    if (y < north) north = y;
    if (y > south) south = y;
  }
  return [west, north, east, south];
}
