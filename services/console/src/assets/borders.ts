import { createRequire } from "node:module";
import type { MultiPolygon } from "geojson";
import { feature, mesh } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";

/** A kilometre: the borders are no more exact. */
const DECIMALS = 100;
/** Two places of a line that are farther apart lie on both sides of 180° of longitude. */
const HALF_WORLD_DEGREES = 180;
const EDGE_DEGREES = 179.99;

/**
 * The borders of the world's countries from Natural Earth (1:50,000,000), as a GeoJSON MultiLineString: with the coasts, or only
 * those between two countries. Lines end at 180° of longitude, which is no border itself.
 */
export function borders(which: "all" | "between countries" = "all") {
  const world = atlas();
  const { type, coordinates } = mesh(
    world,
    world.objects.countries as GeometryCollection,
    (one, other) => which === "all" || one !== other,
  );
  return { type, coordinates: coordinates.flatMap((it) => parted(it)) };
}

/** The coasts of the world's land from the same source: rings of longitude and latitude. */
export function coasts(): number[][][] {
  const world = atlas();
  const land = feature(world, world.objects.land as GeometryCollection<object>);
  return land.features.flatMap(({ geometry }) => (geometry as MultiPolygon).coordinates.flat());
}

function atlas(): Topology {
  return createRequire(import.meta.url)("world-atlas/countries-50m.json") as Topology;
}

/** A line as those that do not cross 180°. */
function parted(line: readonly number[][]): number[][][] {
  const parts: number[][][] = [[]];
  let before: number | undefined;
  for (const [longitude = 0, latitude = 0] of line) {
    if (before !== undefined && isCut(before, longitude)) parts.push([]);
    before = longitude;
    const place = [rounded(longitude), rounded(latitude)];
    const last = parts.at(-1)?.at(-1);
    if (last?.[0] !== place[0] || last?.[1] !== place[1]) parts.at(-1)?.push(place);
  }
  return parts.filter(({ length }) => length > 1);
}

function isCut(one: number, other: number): boolean {
  const isAlongEdge = Math.abs(one) > EDGE_DEGREES && Math.abs(other) > EDGE_DEGREES;
  return Math.abs(one - other) > HALF_WORLD_DEGREES || isAlongEdge;
}

function rounded(degrees: number): number {
  return Math.round(degrees * DECIMALS) / DECIMALS;
}
