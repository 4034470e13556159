import { create } from "@bufbuild/protobuf";
import { borders } from "@rapideditor/country-coder";
import { type MultiPolygon, MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { containsPoint } from "@tessera/geometry/areas/contains-point.ts";
import { boundingBoxOf } from "@tessera/geometry/areas/measure.ts";
import { orientation } from "@tessera/geometry/areas/orientation.ts";
import Flatbush from "flatbush";

interface Box {
  west: number;
  south: number;
  east: number;
  north: number;
}

/** A country, or a part of one. */
interface Territory extends Box {
  code: string;
  area: MultiPolygon;
}

let known: Territory[] | undefined;

/**
 * The countries and territories that a valid area touches, as ISO 3166-1 alpha-2, in alphabetical order. Their borders are
 * those of country-coder: coarse, within some kilometres, with the sea before the coast.
 */
export function countriesOf(area: MultiPolygon): string[] {
  known ??= territories();
  const box = boundingBoxOf(area);
  const candidates = known.filter((it) => overlaps(it, box));
  if (candidates.length === 0) return [];
  const edges = edgesOf(area);
  const touched = candidates.filter((it) => touches(area, box, edges, it));
  return [...new Set(touched.map(({ code }) => code))].sort();
}

function territories(): Territory[] {
  return borders.features.flatMap(({ geometry, properties: { iso1A2, country, isoStatus } }) => {
    // What is only reserved, such as IC for the Canary Islands, is part of a country that has a code.
    const code = isoStatus === "excRes" && country ? country : (iso1A2 ?? country);
    if (code === undefined || geometry?.type !== "MultiPolygon") return [];
    const rings = geometry.coordinates.flat();
    const area = create(MultiPolygonSchema, {
      coordinates: rings.flat(2),
      ringLengths: rings.map((it) => it.length),
      polygonLengths: geometry.coordinates.map((it) => it.length),
    });
    return [{ code, area, ...boundingBoxOf(area) }];
  });
}

function overlaps(a: Box, b: Box): boolean {
  return a.west <= b.east && b.west <= a.east && a.south <= b.north && b.south <= a.north;
}

/** The edges of an area, to be found by where they are. */
interface Edges {
  index: Flatbush;
  /** Where in the area's coordinates each begins. */
  starts: Uint32Array;
}

function edgesOf({ coordinates, ringLengths }: MultiPolygon): Edges {
  const count = coordinates.length / 2 - ringLengths.length;
  const index = new Flatbush(count);
  const starts = new Uint32Array(count);
  let at = 0;
  let edge = 0;
  for (const length of ringLengths) {
    for (const last = at + 2 * (length - 1); at < last; at += 2) {
      const { west, south, east, north } = edgeBox(coordinates, at);
      index.add(west, south, east, north);
      starts[edge++] = at;
    }
    at += 2;
  }
  index.finish();
  return { index, starts };
}

function edgeBox(coordinates: readonly number[], at: number): Box {
  const ax = coordinates[at] as number;
  const ay = coordinates[at + 1] as number;
  const bx = coordinates[at + 2] as number;
  const by = coordinates[at + 3] as number;
  return { west: Math.min(ax, bx), south: Math.min(ay, by), east: Math.max(ax, bx), north: Math.max(ay, by) };
}

/** Whether the two have ground in common: their edges meet, or one lies in the other. */
function touches(area: MultiPolygon, box: Box, edges: Edges, territory: Territory): boolean {
  const { area: country } = territory;
  let at = 0;
  for (const length of country.ringLengths) {
    for (const last = at + 2 * (length - 1); at < last; at += 2) {
      if (meets(area, box, edges, country, at)) return true;
    }
    at += 2;
  }
  return anyBegins(area, country, territory) || anyBegins(country, area, box);
}

/** Whether an edge of a country meets one of the area. */
function meets(area: MultiPolygon, box: Box, edges: Edges, country: MultiPolygon, at: number): boolean {
  const border = edgeBox(country.coordinates, at);
  if (!overlaps(border, box)) return false;
  const { west, south, east, north } = border;
  const near = edges.index.search(west, south, east, north);
  return near.some((edge) => {
    const start = edges.starts[edge] as number;
    return (
      !onOneSide(country.coordinates, at, area.coordinates, start) &&
      !onOneSide(area.coordinates, start, country.coordinates, at)
    );
  });
}

/** Whether both ends of one edge lie strictly on the same side of another. */
function onOneSide(a: readonly number[], at: number, b: readonly number[], other: number): boolean {
  const side = (end: number) =>
    orientation(
      a[at] as number,
      a[at + 1] as number,
      a[at + 2] as number,
      a[at + 3] as number,
      b[end] as number,
      b[end + 1] as number,
    );
  return side(other) * side(other + 2) > 0;
}

/** Whether any polygon of one begins in the other. Where no edges meet, it then lies there as a whole. */
function anyBegins(one: MultiPolygon, other: MultiPolygon, box: Box): boolean {
  let ring = 0;
  let at = 0;
  for (const rings of one.polygonLengths) {
    const [x, y] = [one.coordinates[at] as number, one.coordinates[at + 1] as number];
    const near = box.west <= x && x <= box.east && box.south <= y && y <= box.north;
    if (near && containsPoint(other, x, y)) return true;
    for (const end = ring + rings; ring < end; ring++) at += 2 * (one.ringLengths[ring] as number);
  }
  return false;
}
