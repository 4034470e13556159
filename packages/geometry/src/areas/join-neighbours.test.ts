import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { checkArea } from "../validity/check-area.ts";
import { areaFromGeoJson } from "./geo-json.ts";
import { joinNeighbours } from "./join-neighbours.ts";
import { unionOfNeighbours } from "./union-of-neighbours.ts";

type Point = [number, number];
type Polygons = Point[][][];

const box = (west: number, south: number, east = west + 1, north = south + 1): Point[][] => [
  [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ],
];
const areaOf = (polygons: Polygons) => areaFromGeoJson({ type: "MultiPolygon", coordinates: polygons });

/** How many rings each polygon has, and the plane area of all. */
function shapeOf({ coordinates, ringLengths, polygonLengths }: MultiPolygon) {
  let twice = 0;
  let at = 0;
  for (const length of ringLengths) {
    for (let i = at; i < at + length - 1; i++) {
      const [ax, ay, bx, by] = coordinates.slice(2 * i, 2 * i + 4) as [number, number, number, number];
      twice += ax * by - bx * ay;
    }
    at += length;
  }
  return { rings: polygonLengths.toSorted((a, b) => a - b), squareDegrees: twice / 2 };
}

function joinedShape(polygons: Polygons) {
  const joined = joinNeighbours(areaOf(polygons));
  checkArea(joined);
  return shapeOf(joined);
}

test.each<[string, Polygons, number[], number]>([
  ["two squares", [box(0, 0), box(1, 0)], [1], 2],
  ["a row of four", [box(0, 0), box(2, 0), box(1, 0), box(3, 0)], [1], 4],
  ["a small one in the midst of a large one's edge", [box(0, 0, 3, 3), box(3, 1)], [1], 10],
  ["edges that overlap in part", [box(0, 0, 1, 2), box(1, 1, 2, 3)], [1], 4],
  [
    "a ring of squares round a hole",
    [0, 1, 2].flatMap((x) => [0, 1, 2].map((y) => box(x, y))).filter((_, i) => i !== 4),
    [2],
    8,
  ],
  ["one that fills a hole", [[...box(0, 0, 3, 3), ...box(1, 1)], box(1, 1)], [1], 9],
  ["one that fills half of a hole", [[...box(0, 0, 4, 4), ...box(1, 1, 3, 3)], box(1, 1, 2, 3)], [2], 14],
  ["an island in a hole", [[...box(0, 0, 4, 4), ...box(1, 1, 3, 3)], box(4, 0), box(1.5, 1.5)], [1, 2], 14],
  ["two pairs far from each other", [box(0, 0), box(1, 0), box(5, 5), box(6, 5)], [1, 1], 4],
  ["squares that meet in a corner", [box(0, 0), box(1, 1)], [1, 1], 2],
  ["squares that meet in a corner, and one beside both", [box(0, 0), box(1, 1), box(1, 0)], [1], 3],
])("%s", (_, polygons, rings, squareDegrees) => {
  expect(joinedShape(polygons)).toEqual({ rings, squareDegrees });
});

test("what has no border in common stays as it is", () => {
  const area = areaOf([box(0, 0), box(1, 1), box(5, 0)]);
  expect(joinNeighbours(area)).toBe(area);
});

test("an edge that runs askew is met by a vertex that rounding moved, on either side", () => {
  const by = (off: number): Polygons => [
    [[[0, 0], [3, 0], [3, 1], [0, 3], [0, 0]]],
    [[[0, 3], [1.5, 2 + off], [3, 3], [0, 3]]],
    [[[1.5, 2 + off], [3, 1], [3, 3], [1.5, 2 + off]]],
  ]; // biome-ignore format: corners
  for (const off of [0, 1e-9, -1e-9, 5e-8, -5e-8]) {
    const { rings, squareDegrees } = joinedShape(by(off));
    expect(rings).toEqual([1]);
    expect(squareDegrees).toBeCloseTo(9, 6);
  }
});

test.each<[string, Polygons]>([
  ["equal ones", [box(0, 0), box(0, 0)]],
  ["one inside another", [box(0, 0, 4, 4), box(1, 1)]],
  ["one inside another along its edge, with a neighbour there", [box(0, 0, 4, 4), box(3, 1), box(4, 0)]],
  ["some that share an edge and some ground", [box(0, 0, 2, 2), box(1, 1, 3, 3), box(2, 0)]],
  ["two that overlap by ten centimetres", [box(0, 0), box(1 - 1e-6, 0)]],
])("%s overlap afterwards too", (_, polygons) => {
  expect(() => checkArea(joinNeighbours(areaOf(polygons)))).toThrow(/overlap|cross|touch/);
});

const SIDE = 6;

/** Without the vertices that lie on a line between others, so that those of neighbours meet edges. */
function corners(ring: Point[]): Point[] {
  const open = ring.slice(0, -1);
  const kept = open.filter(([x, y], i) => {
    const [ax, ay] = open.at(i - 1) as Point;
    const [bx, by] = open[(i + 1) % open.length] as Point;
    return (x - ax) * (by - y) !== (y - ay) * (bx - x);
  });
  return [...kept, kept[0] as Point];
}

function polygonsOf({ coordinates, ringLengths, polygonLengths }: MultiPolygon): Polygons {
  let [ring, at] = [0, 0];
  return polygonLengths.map((rings) =>
    Array.from({ length: rings }, () => {
      const length = ringLengths[ring++] as number;
      return Array.from({ length }, () => [coordinates[at++], coordinates[at++]] as Point);
    }),
  );
}

test("any map of countries becomes its land, whatever their borders and however they are rounded", () => {
  const countries = fc.array(fc.integer({ min: 0, max: 4 }), {
    minLength: SIDE * SIDE,
    maxLength: SIDE * SIDE,
  });
  const views = fc.record({
    degrees: fc.constantFrom(0, 30, 45, 71.3),
    scale: fc.constantFrom(1, 0.01, 1 / 3),
    digits: fc.constantFrom(15, 9, 7),
  });
  fc.assert(
    fc.property(countries, views, (labels, { degrees, scale, digits }) => {
      const squares = labels.map((_, i) => box(i % SIDE, Math.floor(i / SIDE)));
      const of = (isMeant: (label: number) => boolean) =>
        unionOfNeighbours(squares.filter((_, i) => isMeant(labels[i] as number)).map((it) => areaOf([it])));
      const land = of((label) => label > 0);
      if (land === undefined) return;
      const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
      const view = ([x, y]: Point): Point => [
        Number((scale * (x * cos - y * sin)).toFixed(digits)),
        Number((scale * (x * sin + y * cos)).toFixed(digits)),
      ];
      const drawn = [1, 2, 3, 4].flatMap((label) => {
        const country = of((it) => it === label);
        return country ? polygonsOf(country).map((rings) => rings.map((it) => corners(it).map(view))) : [];
      });
      const shape = joinedShape(drawn);
      expect(shape.rings).toEqual(shapeOf(land).rings);
      expect(shape.squareDegrees / scale ** 2).toBeCloseTo(shapeOf(land).squareDegrees, digits === 7 ? 3 : 5);
    }),
    { numRuns: 400 },
  );
});
