import { create } from "@bufbuild/protobuf";
import { type MultiPolygon, MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { orientation } from "./orientation.ts";
import { type Loop, type Positions, traceFaces } from "./trace-faces.ts";

/** A piece of ground smaller than this, in square degrees, is not ground but rounding: 1.2 cm² at the equator. */
export const SLIVER_SQUARE_DEGREES = 1e-14;

interface Polygon {
  outer: Loop;
  squareDegrees: number;
  holes: Loop[];
}

/**
 * Makes an area of rings that were cut from a valid one: outer rings and holes sorted out, slivers left away. Returns
 * undefined if nothing remains.
 */
export function areaOfRings(rings: Positions): MultiPolygon | undefined {
  const polygons: Polygon[] = [];
  const holes: Loop[] = [];
  for (const loop of traceFaces(rings)) {
    const squareDegrees = measure(rings, loop);
    if (squareDegrees > 0) polygons.push({ outer: loop, squareDegrees, holes: [] });
    else if (squareDegrees < 0) holes.push(loop);
  }
  for (const hole of holes) outerOf(rings, hole, polygons)?.holes.push(hole);
  const area = create(MultiPolygonSchema);
  for (const polygon of polygons) {
    if (polygon.squareDegrees < SLIVER_SQUARE_DEGREES) continue;
    for (const loop of [polygon.outer, ...polygon.holes]) writeLoop(rings, loop, area);
    area.polygonLengths.push(1 + polygon.holes.length);
  }
  return area.polygonLengths.length === 0 ? undefined : area;
}

function writeLoop({ x, y }: Positions, { positions }: Loop, area: MultiPolygon): void {
  for (const i of positions) area.coordinates.push(x[i] as number, y[i] as number);
  const first = positions[0] as number;
  area.coordinates.push(x[first] as number, y[first] as number);
  area.ringLengths.push(positions.length + 1);
}

/** The plane area of a loop in square degrees, negative if it runs clockwise. */
function measure({ x, y }: Positions, { positions }: Loop): number {
  const x0 = x[positions[0] as number] as number;
  const y0 = y[positions[0] as number] as number;
  let twice = 0;
  let dx = 0;
  let dy = 0;
  for (let i = 1; i < positions.length; i++) {
    const ex = (x[positions[i] as number] as number) - x0;
    const ey = (y[positions[i] as number] as number) - y0;
    twice += dx * ey - ex * dy;
    dx = ex;
    dy = ey;
  }
  return twice / 2;
}

function outerOf(rings: Positions, hole: Loop, polygons: Polygon[]): Polygon | undefined {
  const candidates = polygons.filter(({ outer }) => outer.polygon === hole.polygon);
  if (candidates.length < 2) return candidates[0];
  return candidates.find(({ outer }) => {
    // A hole may touch its outer ring in one point, so that at least two of its vertices decide.
    for (const position of hole.positions) {
      const where = sideOf(rings, outer, rings.x[position] as number, rings.y[position] as number);
      if (where !== 0) return where > 0;
    }
    return false;
  });
}

/** Positive if a point lies inside a loop, negative if outside, 0 if on it; exact. */
function sideOf({ x, y }: Positions, { positions }: Loop, px: number, py: number): number {
  let inside = false;
  let a = positions.at(-1) as number;
  for (const b of positions) {
    const ax = x[a] as number;
    const ay = y[a] as number;
    const bx = x[b] as number;
    const by = y[b] as number;
    a = b;
    if (Math.max(ay, by) < py || Math.min(ay, by) > py || Math.max(ax, bx) < px) continue;
    const side = orientation(ax, ay, bx, by, px, py);
    if (side === 0 && Math.min(ax, bx) <= px) return 0;
    if (ay > py !== by > py && side > 0 === by > ay) inside = !inside;
  }
  return inside ? 1 : -1;
}
