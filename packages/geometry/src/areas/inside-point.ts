import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import type { Point } from "./geometry-fault.ts";

/** At most this many lines of latitude are searched for a point inside. */
const LINES = 33;

/**
 * A point inside a valid area, near the middle of its largest polygon: the centroid if that lies inside, well away from
 * rounding, and else the middle of the longest stretch of a line of latitude that does.
 */
export function insidePoint(area: MultiPolygon): Point {
  const largest = largestPolygon(area);
  const { longitude, latitude } = centroidOf(largest);
  const around = stretchesAt(largest, latitude).find(([west, east]) => {
    const margin = (east - west) / 1_000;
    return west + margin < longitude && longitude < east - margin;
  });
  return around ? { longitude, latitude } : longestStretch(largest);
}

interface Ring {
  /** Longitude and latitude in turn. */
  coordinates: number[];
}

function largestPolygon({ coordinates, ringLengths, polygonLengths }: MultiPolygon): Ring[] {
  let largest: Ring[] = [];
  let most = -1;
  let ring = 0;
  let at = 0;
  for (const length of polygonLengths) {
    const rings: Ring[] = [];
    for (const end = ring + length; ring < end; ring++) {
      const stop = at + 2 * (ringLengths[ring] as number);
      rings.push({ coordinates: coordinates.slice(at, stop) });
      at = stop;
    }
    const size = rings.reduce((sum, it) => sum + momentsOf(it, 0, 0).twice, 0);
    if (size > most) [largest, most] = [rings, size];
  }
  return largest;
}

/** The plane centroid, in degrees. */
function centroidOf(rings: Ring[]): Point {
  const [longitude, latitude] = (rings[0] as Ring).coordinates as [number, number];
  const sum = { twice: 0, x: 0, y: 0 };
  for (const ring of rings) {
    const { twice, x, y } = momentsOf(ring, longitude, latitude);
    sum.twice += twice;
    sum.x += x;
    sum.y += y;
  }
  return {
    longitude: longitude + sum.x / (3 * sum.twice),
    latitude: latitude + sum.y / (3 * sum.twice),
  };
}

/** Twice the plane area of a ring, and six times its first moments, about a point. */
function momentsOf({ coordinates }: Ring, longitude: number, latitude: number) {
  const moments = { twice: 0, x: 0, y: 0 };
  for (let i = 0; i + 3 < coordinates.length; i += 2) {
    const ax = (coordinates[i] as number) - longitude;
    const ay = (coordinates[i + 1] as number) - latitude;
    const bx = (coordinates[i + 2] as number) - longitude;
    const by = (coordinates[i + 3] as number) - latitude;
    const cross = ax * by - bx * ay;
    moments.twice += cross;
    moments.x += (ax + bx) * cross;
    moments.y += (ay + by) * cross;
  }
  return moments;
}

function longestStretch(rings: Ring[]): Point {
  let [south, north] = [Infinity, -Infinity];
  const outer = (rings[0] as Ring).coordinates;
  for (let i = 1; i < outer.length; i += 2) {
    south = Math.min(south, outer[i] as number);
    north = Math.max(north, outer[i] as number);
  }
  let best: Point = { longitude: outer[0] as number, latitude: outer[1] as number };
  let longest = -1;
  for (let line = 1; line < LINES; line++) {
    const latitude = south + ((north - south) * line) / LINES;
    for (const [west, east] of stretchesAt(rings, latitude)) {
      if (east - west <= longest) continue;
      longest = east - west;
      best = { longitude: (west + east) / 2, latitude };
    }
  }
  return best;
}

/** The stretches of a line of latitude that lie inside, from west to east. */
function stretchesAt(rings: Ring[], latitude: number): [west: number, east: number][] {
  const crossings: number[] = [];
  for (const { coordinates } of rings) {
    for (let i = 0; i + 3 < coordinates.length; i += 2) {
      const ay = coordinates[i + 1] as number;
      const by = coordinates[i + 3] as number;
      // A point on a line along which an edge runs may lie on that edge.
      if (ay === latitude && by === latitude) return [];
      if (ay > latitude === by > latitude) continue;
      const ax = coordinates[i] as number;
      const bx = coordinates[i + 2] as number;
      crossings.push(ax + ((latitude - ay) / (by - ay)) * (bx - ax));
    }
  }
  crossings.sort((a, b) => a - b);
  const stretches: [number, number][] = [];
  for (let i = 0; i + 1 < crossings.length; i += 2) {
    stretches.push([crossings[i] as number, crossings[i + 1] as number]);
  }
  return stretches;
}
