import {
  latitudeAt,
  longitudeAt,
  unitsEast,
  unitsSouth,
  WORLD_UNITS,
} from "@tessera/geometry/tiles/mercator.ts";

/** A rectangle in web mercator, the world being 1 wide and high. `east` is above 1 where it goes over 180° of longitude. */
export interface Bounds {
  west: number;
  north: number;
  east: number;
  south: number;
}

/** Degrees: `west` is greater than `east` where it goes over 180°. */
export interface Degrees {
  west?: number | undefined;
  south?: number | undefined;
  east?: number | undefined;
  north?: number | undefined;
}

/** How far a longitude is from the west of the world. */
export const eastOf = (longitude: number): number => unitsEast(longitude) / WORLD_UNITS;

/** How far a latitude is from the north of the world. */
export const southOf = (latitude: number): number => unitsSouth(latitude) / WORLD_UNITS;

/** The rectangle that degrees name. */
export function boundsOf({ west = -180, south = -90, east = 180, north = 90 }: Degrees): Bounds {
  const [left, right] = [eastOf(west), eastOf(east)];
  return { west: left, north: southOf(north), east: right < left ? right + 1 : right, south: southOf(south) };
}

/** West, south, east and north in degrees; east is above 180 where the rectangle goes over 180°. */
export function degreesOf({ west, south, east, north }: Bounds): [number, number, number, number] {
  const round = (degrees: number) => Math.round(degrees * 1e6) / 1e6;
  const [left, bottom] = [longitudeAt(west * WORLD_UNITS), latitudeAt(south * WORLD_UNITS)];
  const [right, top] = [longitudeAt(east * WORLD_UNITS), latitudeAt(north * WORLD_UNITS)];
  return [round(left), round(bottom), round(right), round(top)];
}

/** A rectangle with room around it: `part` of its longer side on each, and `least` at least. */
export function widened({ west, north, east, south }: Bounds, part: number, least = 0): Bounds {
  const room = Math.max(part * Math.max(east - west, south - north), least);
  return {
    west: west - room,
    north: Math.max(0, north - room),
    east: east + room,
    south: Math.min(1, south + room),
  };
}
