import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { areaFromGeoJson } from "../areas/geo-json.ts";

/** A random number from 0 up to 1. */
export type Random = () => number;
type Point = [number, number];
type Ring = Point[];
/** Rings without the position that closes them. */
type Polygons = Ring[][];

/** The same numbers for the same seed and the same number of an area: the generator of Marsaglia, mixed as in MurmurHash3. */
export function randomOf(seed: number, number: number): Random {
  let state = mix(Math.imul(seed, 0x9e3779b1) ^ mix(number + 1)) || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** The kinds of areas; most of the drawn, blurred and scattered ones are invalid, of the others few are. */
const KINDS = { drawn, blurred, scattered, stars, tiles } as const;
export type Kind = keyof typeof KINDS;

/** A place for areas: the corner from which they are measured, and the degrees that stand for one step. */
export interface Frame {
  west: number;
  south: number;
  step: number;
}

/** Somewhere between 70° south and north, steps of 10 m to 60 km; often with a corner and steps that add up exactly. */
export function randomFrame(random: Random): Frame {
  const step = 2 ** -(1 + Math.floor(random() * 13));
  const exact = random() < 0.5;
  const place = (most: number) => {
    const at = (2 * random() - 1) * most;
    return exact ? Math.round(at) : at;
  };
  return { west: place(160), south: place(65), step: exact ? step : step * (0.5 + random()) };
}

/** A random area of a kind in a frame, of at most 10 steps each way; not always a valid one. */
export function randomArea(random: Random, frame: Frame): { kind: Kind; area: MultiPolygon } {
  const names = Object.keys(KINDS) as Kind[];
  const kind = pick(random, names);
  return { kind, area: areaOf(KINDS[kind](random), frame) };
}

function areaOf(polygons: Polygons, { west, south, step }: Frame): MultiPolygon {
  const place = ([x, y]: Point): Point => [west + x * step, south + y * step];
  const coordinates = polygons.map((rings) => rings.map((ring) => closed(ring.map(place))));
  return areaFromGeoJson({ type: "MultiPolygon", coordinates });
}

/** Rings with corners on a lattice: they touch, cross and run along each other. */
function drawn(random: Random): Polygons {
  const point = (): Point => [whole(random, 10), whole(random, 10)];
  const ring = () => Array.from({ length: 3 + whole(random, 4) }, point);
  const polygons = many(random, 3, () => many(random, 3, ring));
  if (random() < 0.6) return polygons;
  const [holes = [], ...others] = polygons;
  return [[square(-1, -1, 11, 11), ...holes], ...others];
}

/** The same, with corners that rounding has moved: what touched is near, on either side. */
function blurred(random: Random): Polygons {
  const reach = pick(random, [1e-15, 1e-12, 1e-9, 1e-6]);
  const off = (at: number) => at + (random() < 0.3 ? (2 * random() - 1) * reach : 0);
  return drawn(random).map((rings) => rings.map((ring) => ring.map(([x, y]): Point => [off(x), off(y)])));
}

/** Rings of points that lie anywhere. */
function scattered(random: Random): Polygons {
  const ring = () =>
    Array.from({ length: 3 + whole(random, 5) }, (): Point => [10 * random(), 10 * random()]);
  return many(random, 2, () => many(random, 2, ring));
}

/** Stars with many corners, with stars for holes; those of one area lie apart, but for the odd one. */
function stars(random: Random): Polygons {
  const count = 1 + whole(random, 3);
  return Array.from({ length: count }, (_, i) => {
    const middle: Point = count === 1 ? [5, 5] : [2.5 + 5 * (i % 2), 2.5 + 5 * Math.floor(i / 2)];
    const size = (count === 1 ? 5 : 2.45) * (random() < 0.9 ? 1 : 1.3);
    const outer = star(random, middle, size * 0.45, size);
    const holes = many(random, 3, (hole) => {
      const angle = (hole * 2 * Math.PI) / 3;
      const away = size * 0.24;
      const at: Point = [middle[0] + away * Math.cos(angle), middle[1] + away * Math.sin(angle)];
      return star(random, at, size * 0.05, size * (random() < 0.9 ? 0.19 : 0.3));
    });
    return [outer, ...(random() < 0.5 ? holes : [])];
  });
}

function star(random: Random, [x, y]: Point, least: number, most: number): Ring {
  const corners = 3 + whole(random, 14);
  return Array.from({ length: corners }, (_, i): Point => {
    const angle = (2 * Math.PI * (i + 0.8 * random())) / corners;
    const radius = least + (most - least) * random();
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
  });
}

/** Squares of a lattice, each a polygon, as another tool hands over what it cut: many share borders, few overlap. */
function tiles(random: Random): Polygons {
  const side = 2 + whole(random, 3);
  const width = pick(random, [1, 2, 10 / 3 / side]);
  const odds = random();
  const polygons: Polygons = [];
  for (let x = 0; x < side; x++) {
    for (let y = 0; y < side; y++) {
      if (random() < odds) polygons.push([square(x * width, y * width, (x + 1) * width, (y + 1) * width)]);
    }
  }
  if (random() < 0.05) polygons.push([square(0.5, 0.5, 1.5, 1.5)]);
  return polygons.length > 0 ? polygons : [[square(0, 0, width, width)]];
}

function square(west: number, south: number, east: number, north: number): Ring {
  return [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
  ];
}

function many<Item>(random: Random, most: number, make: (index: number) => Item): Item[] {
  return Array.from({ length: 1 + whole(random, most) }, (_, index) => make(index));
}

function whole(random: Random, below: number): number {
  return Math.floor(random() * below);
}

function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[whole(random, items.length)] as Item;
}

function closed(ring: Ring): Ring {
  return [...ring, ring[0] as Point];
}
