import { create } from "@bufbuild/protobuf";
import { MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { containsPoint } from "@tessera/geometry/areas/contains-point.ts";
import { FileFault } from "./file-fault.ts";

/** A ring of a file that says of its rings whether they are holes, and not in which polygon. */
export interface LooseRing {
  positions: number[][];
  path: string;
}

/** The most vertices visited, over all holes: that takes some 0.5 s. */
const MOST_STEPS = 50_000_000;
/** The most vertices of a hole that are located: one may lie on the outer ring, where the two touch. */
const ASKED = 3;

/**
 * Gives each hole to the smallest outer ring around it. One that is in none goes to the first, where it is found to be
 * outside.
 */
export function ringsToPolygons(outers: readonly LooseRing[], holes: readonly LooseRing[]): LooseRing[][] {
  const polygons = outers.map((outer) => [outer]);
  if (holes.length === 0 || outers.length === 0) return polygons;
  const bounds = outers.map(({ positions }, index) => ({ index, positions, ...boundsOf(positions) }));
  bounds.sort((a, b) => a.size - b.size);
  let steps = 0;
  const spend = (vertices: number) => {
    steps += vertices;
    if (steps > MOST_STEPS) throw new FileFault("rings-too-intricate");
  };
  for (const hole of holes) {
    const asked = hole.positions.slice(0, ASKED);
    const around = bounds.find(
      ({ west, south, east, north, positions }) =>
        asked.every(
          ([x, y]) =>
            x !== undefined && y !== undefined && west <= x && x <= east && south <= y && y <= north,
        ) && isAround(positions, asked, spend),
    );
    polygons[around?.index ?? 0]?.push(hole);
  }
  return polygons;
}

function boundsOf(positions: readonly number[][]) {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x = Number.NaN, y = Number.NaN] of positions) {
    west = Math.min(west, x);
    south = Math.min(south, y);
    east = Math.max(east, x);
    north = Math.max(north, y);
  }
  return { west, south, east, north, size: (east - west) * (north - south) };
}

function isAround(
  outer: readonly number[][],
  asked: readonly number[][],
  spend: (vertices: number) => void,
): boolean {
  spend(outer.length * (1 + asked.length));
  const ring = create(MultiPolygonSchema, {
    coordinates: outer.flatMap(([x, y]) => [x as number, y as number]),
    ringLengths: [outer.length],
    polygonLengths: [1],
  });
  return asked.every(([x, y]) => containsPoint(ring, x as number, y as number));
}
