import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { type Bounds, eastOf, southOf } from "./bounds.ts";
import { PathData } from "./path-data.ts";
import { placeIn, type View } from "./view.ts";

/** An area, as the contracts have it. */
export type Area = Pick<MultiPolygon, "coordinates" | "ringLengths">;

/** Places that are farther apart lie on both sides of 180° of longitude. */
const HALF_WORLD = 0.5;

/** The smallest rectangle around places: longitude and latitude in turn. Undefined if there are none. */
export function boundsAround(coordinates: readonly number[]): Bounds | undefined {
  if (coordinates.length < 2) return undefined;
  const bounds = { west: Infinity, north: Infinity, east: -Infinity, south: -Infinity };
  // The same, with what lies in the western half put east of 180°.
  const over = { west: Infinity, east: -Infinity };
  for (let at = 0; at + 1 < coordinates.length; at += 2) {
    const [x, y] = [eastOf(coordinates[at] as number), southOf(coordinates[at + 1] as number)];
    bounds.west = Math.min(bounds.west, x);
    bounds.east = Math.max(bounds.east, x);
    bounds.north = Math.min(bounds.north, y);
    bounds.south = Math.max(bounds.south, y);
    const shifted = x < HALF_WORLD ? x + 1 : x;
    over.west = Math.min(over.west, shifted);
    over.east = Math.max(over.east, shifted);
  }
  const isOver = bounds.east - bounds.west > HALF_WORLD && over.east - over.west < HALF_WORLD;
  return isOver ? { ...bounds, ...over } : bounds;
}

/** An area as the data of a path. */
export function areaData(area: Area, view: View): string {
  const data = new PathData();
  let at = 0;
  for (const length of area.ringLengths) {
    const ring: number[] = [];
    // The last place of a ring is its first.
    for (let place = 0; place + 1 < length; place++) {
      const [x, y] = placeIn(
        view,
        area.coordinates[2 * (at + place)] as number,
        area.coordinates[2 * (at + place) + 1] as number,
      );
      if (x !== ring.at(-2) || y !== ring.at(-1)) ring.push(x, y);
    }
    data.ring(ring);
    at += length;
  }
  return String(data);
}
