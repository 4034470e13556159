import { create } from "@bufbuild/protobuf";
import { type MultiPolygon, MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { Clipper64, ClipType, FillRule, type Paths64, type Point64 } from "clipper2-ts";
import Flatbush from "flatbush";
import { areaOfRings } from "../areas/area-of-rings.ts";
import { GeometryFault } from "../areas/geometry-fault.ts";
import { areaSquareKilometres, METRES_PER_DEGREE } from "../areas/measure.ts";
import type { Positions } from "../areas/trace-faces.ts";
import { withoutCracks } from "../areas/without-cracks.ts";
import { checkArea } from "../validity/check-area.ts";

/** Overlays work on whole numbers: this many in a degree, a tenth of a millimetre each. */
const STEPS_PER_DEGREE = 1e9;

/** Ground that is narrower than this on average, in metres, is what rounding leaves along a border. */
const NARROWEST_METRES = 0.1;

/** Ground that is smaller than this, in square metres, is what rounding leaves at a corner. */
const SMALLEST_SQUARE_METRES = 1;

const SQUARE_METRES = 1e6;

/** The doubles of vertices, by where they lie on the overlay: x, then y. */
type Doubles = Map<number, Map<number, [number, number]>>;

/**
 * Returns the ground of `areas` that none of `covers` covers, without what `isSliver` finds; undefined if there is none. Areas
 * may overlap, covers as well. Vertices of areas and covers keep their doubles where the result has them.
 *
 * @throws GeometryFault too-intricate, if rounding made the result invalid
 */
export function uncoveredGround(
  areas: readonly MultiPolygon[],
  covers: readonly MultiPolygon[],
): MultiPolygon | undefined {
  const doubles: Doubles = new Map();
  const clipper = new Clipper64();
  // Tasks come first: where an area runs along them, what is made later meets them exactly.
  clipper.addClip(pathsOf(covers, doubles));
  clipper.addSubject(pathsOf(areas, doubles));
  const paths: Paths64 = [];
  if (!clipper.execute(ClipType.Difference, FillRule.NonZero, paths)) {
    throw new GeometryFault("too-intricate", "", undefined);
  }
  try {
    return groundOf(ringsOf(paths, doubles));
  } catch (fault) {
    if (!(fault instanceof GeometryFault)) throw fault;
  }
  try {
    // Rings may run along each other.
    return groundOf(withoutCracks(ringsOf(ledThroughVertices(paths), doubles)));
  } catch (fault) {
    throw fault instanceof GeometryFault ? new GeometryFault("too-intricate", "", fault.point) : fault;
  }
}

/** Whether ground is so small, or so narrow for its length, that rounding explains it. */
export function isSliver(area: MultiPolygon): boolean {
  const squareMetres = areaSquareKilometres(area) * SQUARE_METRES;
  if (squareMetres <= SMALLEST_SQUARE_METRES) return true;
  return squareMetres < (NARROWEST_METRES * metresAround(area)) / 2;
}

function metresAround({ coordinates, ringLengths }: MultiPolygon): number {
  let metres = 0;
  let at = 0;
  for (const length of ringLengths) {
    for (const last = at + 2 * (length - 1); at < last; at += 2) {
      const [ax, ay, bx, by] = coordinates.slice(at, at + 4) as [number, number, number, number];
      metres += Math.hypot((bx - ax) * Math.cos((ay * Math.PI) / 180), by - ay) * METRES_PER_DEGREE;
    }
    at += 2;
  }
  return metres;
}

/** The boundary of areas as an overlay takes it. Borders between two of them are left away: what is covered stays the same. */
function pathsOf(areas: readonly MultiPolygon[], doubles: Doubles): Paths64 {
  const rings: Positions = { x: [], y: [], ends: [], polygons: [] };
  for (const { coordinates, ringLengths } of areas) {
    let at = 0;
    for (const length of ringLengths) {
      for (const last = at + 2 * (length - 1); at < last; at += 2) {
        const place: [number, number] = [coordinates[at] as number, coordinates[at + 1] as number];
        const [x, y] = [Math.round(place[0] * STEPS_PER_DEGREE), Math.round(place[1] * STEPS_PER_DEGREE)];
        const column = doubles.get(x) ?? new Map<number, [number, number]>();
        doubles.set(x, column);
        if (!column.has(y)) column.set(y, place);
        rings.x.push(x);
        rings.y.push(y);
      }
      at += 2;
      rings.ends.push(rings.x.length);
      rings.polygons.push(0);
    }
  }
  const { x, y, ends } = withoutCracks(rings);
  return ends.map((end, ring) => {
    const first = ring === 0 ? 0 : (ends[ring - 1] as number);
    return Array.from({ length: end - first }, (_, i) => ({
      x: x[first + i] as number,
      y: y[first + i] as number,
    }));
  });
}

/** Gives each edge the vertices that lie on it. */
function ledThroughVertices(paths: Paths64): Paths64 {
  const vertices = paths.flat();
  const index = new Flatbush(vertices.length);
  for (const { x, y } of vertices) index.add(x, y, x, y);
  index.finish();
  return paths.map((path) =>
    path.flatMap((from, i) => {
      const to = path[(i + 1) % path.length] as Point64;
      const [west, east] = from.x < to.x ? [from.x, to.x] : [to.x, from.x];
      const [south, north] = from.y < to.y ? [from.y, to.y] : [to.y, from.y];
      const on = index
        .search(west, south, east, north)
        .map((vertex) => vertices[vertex] as Point64)
        .filter((vertex) => isBetween(from, to, vertex));
      const along = ({ x, y }: Point64) => Math.abs(x - from.x) + Math.abs(y - from.y);
      return [from, ...on.sort((a, b) => along(a) - along(b))];
    }),
  );
}

/** Whether a vertex lies on an edge, to within half a step, and at neither end. */
function isBetween(from: Point64, to: Point64, { x, y }: Point64): boolean {
  if ((x === from.x && y === from.y) || (x === to.x && y === to.y)) return false;
  const [width, height] = [to.x - from.x, to.y - from.y];
  return Math.abs(width * (y - from.y) - height * (x - from.x)) <= Math.hypot(width, height) / 2;
}

function ringsOf(paths: Paths64, doubles: Doubles): Positions {
  const rings: Positions = { x: [], y: [], ends: [], polygons: [] };
  for (const path of paths) {
    for (const { x, y } of path) {
      const [longitude, latitude] = doubles.get(x)?.get(y) ?? [x / STEPS_PER_DEGREE, y / STEPS_PER_DEGREE];
      rings.x.push(longitude);
      rings.y.push(latitude);
    }
    rings.ends.push(rings.x.length);
    rings.polygons.push(0);
  }
  return rings;
}

/** The ground within rings, without slivers; undefined if nothing is left. Throws GeometryFault if it is not valid. */
function groundOf(rings: Positions): MultiPolygon | undefined {
  const area = areaOfRings(rings);
  const ground = area && withoutSlivers(area);
  if (ground !== undefined) checkArea(ground);
  return ground;
}

/** The polygons of an area that are more than slivers. */
function withoutSlivers(area: MultiPolygon): MultiPolygon | undefined {
  const kept = { coordinates: [] as number[], ringLengths: [] as number[], polygonLengths: [] as number[] };
  let ring = 0;
  let at = 0;
  for (const rings of area.polygonLengths) {
    const ringLengths = area.ringLengths.slice(ring, ring + rings);
    const end = at + 2 * ringLengths.reduce((sum, length) => sum + length, 0);
    const polygon = create(MultiPolygonSchema, {
      coordinates: area.coordinates.slice(at, end),
      ringLengths,
      polygonLengths: [rings],
    });
    [ring, at] = [ring + rings, end];
    if (isSliver(polygon)) continue;
    for (const value of polygon.coordinates) kept.coordinates.push(value);
    kept.ringLengths.push(...ringLengths);
    kept.polygonLengths.push(rings);
  }
  return kept.polygonLengths.length === 0 ? undefined : create(MultiPolygonSchema, kept);
}
