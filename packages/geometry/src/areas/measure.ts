import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";

/** The radius of the sphere that has the Earth's surface, in kilometres. */
const EARTH_RADIUS_KILOMETRES = 6371.0088;

const RADIANS = Math.PI / 180;

/** The length of a degree of latitude, and of one of longitude at the equator. */
export const METRES_PER_DEGREE = EARTH_RADIUS_KILOMETRES * 1000 * RADIANS;

/**
 * Measures an area on the sphere, in square kilometres. Edges are straight in longitude and latitude, as RFC 7946
 * section 3.1.1 defines them, and each is integrated exactly, so that the parts of an area measure together what the
 * whole does (the ring formula of Chamberlain and Duquette, exact only along parallels, would not add up). Holes
 * count against the area because they run the other way.
 */
export function areaSquareKilometres(area: MultiPolygon): number {
  const { coordinates } = area;
  let at = 0;
  let total = 0;
  for (const length of area.ringLengths) {
    let ring = 0;
    for (const last = at + 2 * (length - 1); at < last; at += 2) {
      const width = ((coordinates[at + 2] as number) - (coordinates[at] as number)) * RADIANS;
      const south = (coordinates[at + 1] as number) * RADIANS;
      const north = (coordinates[at + 3] as number) * RADIANS;
      const half = (north - south) / 2;
      // The mean of the sine over the edge; the quotient tends to 1 where the edge runs along a parallel.
      const flat = Math.abs(half) < 1e-9 ? 1 : Math.sin(half) / half;
      ring -= width * Math.sin(south + half) * flat;
    }
    total += ring;
    at += 2;
  }
  return total * EARTH_RADIUS_KILOMETRES ** 2;
}

/** Returns the smallest rectangle around an area that has at least one position, in degrees. */
export function boundingBoxOf(area: MultiPolygon): {
  west: number;
  south: number;
  east: number;
  north: number;
} {
  const { coordinates } = area;
  const box = { west: Infinity, south: Infinity, east: -Infinity, north: -Infinity };
  for (let at = 0; at < coordinates.length; at += 2) {
    const longitude = coordinates[at] as number;
    const latitude = coordinates[at + 1] as number;
    if (longitude < box.west) box.west = longitude;
    if (longitude > box.east) box.east = longitude;
    if (latitude < box.south) box.south = latitude;
    if (latitude > box.north) box.north = latitude;
  }
  return box;
}

/** Counts the vertices of an area; the position that closes a ring is not one more. */
export function vertexCount(area: MultiPolygon): number {
  return area.coordinates.length / 2 - area.ringLengths.length;
}
