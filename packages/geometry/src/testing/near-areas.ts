import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { areaFromGeoJson } from "../areas/geo-json.ts";
import { GeometryFault } from "../areas/geometry-fault.ts";
import { checkArea } from "../validity/check-area.ts";
import type { Frame, Random } from "./random-areas.ts";

export type Corner = [number, number];

/** The step of the lattice of drawings, in degrees: squares of whole multiples meet vertices and edges. */
export const STEP = 2 ** -10;

/** Rings without their closing positions, in whole steps from 0 to 9, and how they become an area. */
export interface Drawing {
  polygons: Corner[][][];
  /** The latitude of the upper edge. */
  north: number;
  /** Whether vertices leave the lattice: then those that would lie on one line do so nearly or not at all. */
  askew: boolean;
  /** Whether the first polygon gets a frame around it, so that its rings are holes. */
  framed: boolean;
}

/** Returns the area of a drawing, or undefined if it is not valid. */
export function areaOfDrawing({ polygons, north, askew, framed }: Drawing): MultiPolygon | undefined {
  const [first = [], ...others] = polygons;
  const all = framed ? [[rectangle(-1, -1, 11, 11), ...first], ...others] : polygons;
  const off = (x: number, y: number) => (askew ? 0.013 * ((3 * x * x + 5 * y) % 7) : 0);
  const place = ([x, y]: Corner): Corner => [(x + off(x, y)) * STEP, north - (y + off(y, x)) * STEP];
  return validArea(all.map((rings) => rings.map((points) => points.map(place))));
}

/** Draws at random. */
export function randomDrawing(random: Random): Drawing {
  const ring = () => listOf(3 + whole(random, 5), (): Corner => [whole(random, 10), whole(random, 10)]);
  return {
    polygons: listOf(1 + whole(random, 3), () => listOf(1 + whole(random, 3), ring)),
    north: pick(random, [0, -33.5, 61]),
    askew: random() < 0.8,
    framed: random() < 0.5,
  };
}

/**
 * Makes an area of a few points and of points between them: by rounding, most of these lie next to a line and not on it, so that
 * rings come out with no width, and rings that pass each other at no distance. Undefined if it is not valid.
 */
export function needles(random: Random, { west, south, step }: Frame): MultiPolygon | undefined {
  const isLattice = random() < 0.5;
  const coordinate = () => (isLattice ? whole(random, 10) : 10 * random());
  const points = listOf(
    3 + whole(random, 3),
    (): Corner => [west + step * coordinate(), south + step * coordinate()],
  );
  while (points.length < 10) {
    const [a, b] = [pick(random, points), pick(random, points)];
    const part = random() < 0.5 ? pick(random, [1 / 2, 1 / 3, 2 / 3, 0.9]) : random();
    points.push([a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1])]);
  }
  const ring = () => listOf(3 + whole(random, 4), () => pick(random, points));
  const polygons = listOf(1 + whole(random, 2), () => listOf(1 + whole(random, 2), ring));
  if (random() < 0.7) {
    polygons[0]?.unshift(rectangle(west - step, south - step, west + 11 * step, south + 11 * step));
  }
  return validArea(polygons);
}

function validArea(polygons: Corner[][][]): MultiPolygon | undefined {
  const coordinates = polygons.map((rings) => rings.map((points) => [...points, points[0] as Corner]));
  const area = areaFromGeoJson({ type: "MultiPolygon", coordinates });
  return isValid(area) ? area : undefined;
}

export function isValid(area: MultiPolygon): boolean {
  try {
    checkArea(area);
    return true;
  } catch (fault) {
    if (fault instanceof GeometryFault) return false;
    throw fault;
  }
}

function rectangle(west: number, south: number, east: number, north: number): Corner[] {
  return [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
  ];
}

function listOf<Item>(length: number, make: () => Item): Item[] {
  return Array.from({ length }, make);
}

function whole(random: Random, below: number): number {
  return Math.floor(random() * below);
}

function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[whole(random, items.length)] as Item;
}
