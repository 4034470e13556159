import { createRequire } from "node:module";
import { mesh } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";

/** A step that is longer than this, in degrees, leads around the back of the world. */
const STEP_MAX_DEGREES = 180;

/** The borders of the world's countries from Natural Earth (1:50,000,000), as a GeoJSON MultiLineString. */
export function borders() {
  const world = createRequire(import.meta.url)("world-atlas/countries-50m.json") as Topology;
  const { type, coordinates } = mesh(world, world.objects.countries as GeometryCollection);
  return { type, coordinates: coordinates.flatMap(withoutJumps) };
}

/** A line that crosses 180° is cut there, or it would be drawn across the whole map. */
function withoutJumps(line: readonly number[][]): number[][][] {
  const parts: number[][][] = [];
  for (const [at, place] of line.entries()) {
    const before = line[at - 1];
    const isNear = before !== undefined && Math.abs((place[0] ?? 0) - (before[0] ?? 0)) < STEP_MAX_DEGREES;
    if (isNear) parts.at(-1)?.push(place);
    else parts.push([place]);
  }
  return parts.filter(({ length }) => length > 1);
}
