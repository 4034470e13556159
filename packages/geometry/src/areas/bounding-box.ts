import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";

/** A rectangle in degrees. Where `west` is greater than `east` it crosses 180° of longitude (RFC 7946 section 5.2). */
export interface BoundingBox {
  west: number;
  south: number;
  east: number;
  north: number;
}

/**
 * Returns the narrowest box around a valid area. An area with parts on both sides of 180° has a box that crosses it: the
 * box leaves out the widest range of longitudes in which nothing lies.
 */
export function boundingBoxAround(area: MultiPolygon): BoundingBox {
  let [south, north] = [Infinity, -Infinity];
  for (let at = 1; at < area.coordinates.length; at += 2) {
    const latitude = area.coordinates[at] as number;
    if (latitude < south) south = latitude;
    if (latitude > north) north = latitude;
  }
  const ranges = longitudesOf(area).sort(([a], [b]) => a - b);
  const [first] = ranges;
  if (first === undefined) throw new Error("an area without polygons has no box");
  let [west, east] = first;
  for (const range of ranges) east = Math.max(east, range[1]);
  let widest = 360 - (east - west);
  let reached = first[1];
  for (const [begin, end] of ranges) {
    if (begin - reached > widest) {
      widest = begin - reached;
      [west, east] = [begin, reached];
    }
    reached = Math.max(reached, end);
  }
  return { west, south, east, north };
}

/** The western and the eastern end of each polygon. A polygon does not cross 180°: it would be cut there. */
function longitudesOf({ coordinates, ringLengths, polygonLengths }: MultiPolygon): [number, number][] {
  let ring = 0;
  let at = 0;
  return polygonLengths.map((rings) => {
    let [west, east] = [Infinity, -Infinity];
    for (const end = ring + rings; ring < end; ring++) {
      for (const stop = at + 2 * (ringLengths[ring] as number); at < stop; at += 2) {
        const longitude = coordinates[at] as number;
        if (longitude < west) west = longitude;
        if (longitude > east) east = longitude;
      }
    }
    return [west, east];
  });
}
