import { create } from "@bufbuild/protobuf";
import { type MultiPolygon, MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { latitudeOfLine, longitudeOfLine, squareArea, tileArea } from "../grids/tile.ts";
import { containsPoint } from "./contains-point.ts";

type Ring = [number, number][];

/** An area of polygons, each of them rings that are not closed yet. */
function areaOf(...polygons: Ring[][]): MultiPolygon {
  const closed = polygons.map((rings) => rings.map((ring) => [...ring, ring[0] as [number, number]]));
  return create(MultiPolygonSchema, {
    coordinates: closed.flat(3),
    ringLengths: closed.flat().map((ring) => ring.length),
    polygonLengths: closed.map((rings) => rings.length),
  });
}

const rectangle = (west: number, south: number, east: number, north: number): Ring => [
  [west, south],
  [east, south],
  [east, north],
  [west, north],
];

test("a square holds its inside, its edges and its corners, and nothing beside them", () => {
  const area = squareArea(0, 0, 10, 10);
  for (const x of [0, 5, 10]) for (const y of [0, 5, 10]) expect(containsPoint(area, x, y)).toBe(true);
  const beside = 10 + 2e-15;
  for (const [x, y] of [
    [-1, 5],
    [11, 5],
    [5, -1],
    [5, 11],
    [-1, 0],
    [11, 10],
    [beside, 10],
    [10, beside],
  ] as const) {
    expect(containsPoint(area, x, y)).toBe(false);
  }
});

test("a hole is not part of an area, and its border is; an island in it is part again", () => {
  const island = areaOf([rectangle(0, 0, 10, 10), rectangle(2, 2, 8, 8)], [rectangle(4, 4, 6, 6)]);
  const on = [
    [1, 1],
    [2, 5],
    [8, 8],
    [5, 2],
    [5, 5],
    [4, 5],
    [6, 6],
  ] as const;
  for (const [x, y] of on) expect(containsPoint(island, x, y)).toBe(true);
  const off = [
    [3, 3],
    [3, 5],
    [7, 5],
    [3.999, 4],
    [12, 5],
  ] as const;
  for (const [x, y] of off) expect(containsPoint(island, x, y)).toBe(false);
});

test("a point as high as vertices and level edges is judged rightly", () => {
  // A comb: teeth that point up and down at the height of the point, and edges that lie on it.
  const comb = areaOf([
    [
      [0, 0],
      [12, 0],
      [12, 5],
      [10, 5],
      [9, 2],
      [8, 5],
      [7, 8],
      [6, 5],
      [4, 5],
      [4, 9],
      [0, 9],
    ],
  ]);
  const inside = [1, 4, 5, 6, 6.5, 8, 10, 11, 12];
  const outside = [-1, 9, 12.5, 8.5, 9.5];
  for (const x of inside) expect([x, containsPoint(comb, x, 5)]).toEqual([x, true]);
  for (const x of outside) expect([x, containsPoint(comb, x, 5)]).toEqual([x, false]);
});

test("it is exact where rounding would not be: a point a hair beside a long slanting edge", () => {
  // The edge from (0, 0) to (3, 1). By the doubles, 0.1 lies above a third of 0.3, and below one of the next double.
  const area = areaOf([
    [
      [0, 0],
      [3, 1],
      [0, 1],
    ],
  ]);
  const scaled = (value: number) => BigInt(value * 2 ** 60);
  for (const x of [0.3, 0.30000000000000004, 0.3000000000000001]) {
    expect(containsPoint(area, x, 0.1)).toBe(3n * scaled(0.1) >= scaled(x));
  }
  expect(containsPoint(area, 1.5, 0.5)).toBe(true);
  expect(containsPoint(area, 1.5, 0.49999999999999994)).toBe(false);
});

test("whatever the rings, it says what counting crossings in whole numbers says", () => {
  const whole = fc.integer({ min: 0, max: 8 });
  const rings = fc.array(fc.array(fc.tuple(whole, whole), { minLength: 3, maxLength: 9 }), {
    minLength: 1,
    maxLength: 3,
  });
  const point = fc.tuple(fc.integer({ min: -1, max: 18 }), fc.integer({ min: -1, max: 18 }));
  fc.assert(
    fc.property(rings, point, (shape, [x, y]) => {
      const doubled = shape.map((ring) => ring.map(([a, b]): [number, number] => [2 * a, 2 * b]));
      expect(containsPoint(areaOf(shape), x / 2, y / 2)).toBe(crossings(doubled, x, y));
    }),
    { numRuns: 5_000 },
  );
});

/** Counts what a ray crosses that meets no vertex: it climbs by one over a thousand. */
function crossings(rings: Ring[], x: number, y: number): boolean {
  const side = (ax: number, ay: number, bx: number, by: number, cx: number, cy: number) =>
    Math.sign((bx - ax) * (cy - ay) - (by - ay) * (cx - ax));
  const edges = rings.flatMap((ring) =>
    ring.map(([ax, ay], i) => {
      const [bx, by] = ring[(i + 1) % ring.length] as [number, number];
      return { ax, ay, bx, by };
    }),
  );
  const isBetween = (a: number, b: number, c: number) => Math.min(a, b) <= c && c <= Math.max(a, b);
  const onBorder = edges.some(
    ({ ax, ay, bx, by }) => side(ax, ay, bx, by, x, y) === 0 && isBetween(ax, bx, x) && isBetween(ay, by, y),
  );
  if (onBorder) return true;
  const [farX, farY] = [x + 1_000, y + 1];
  const crossed = edges.filter(
    ({ ax, ay, bx, by }) =>
      side(x, y, farX, farY, ax, ay) !== side(x, y, farX, farY, bx, by) &&
      side(ax, ay, bx, by, x, y) !== side(ax, ay, bx, by, farX, farY),
  );
  return crossed.length % 2 === 1;
}

test("squares that meet leave no place between them: a corner lies in four, an edge in two, all else in one", () => {
  const zoom = 14;
  const near = { x: 9_000, y: 5_000 };
  const tiles = [0, 1, 2].flatMap((x) =>
    [0, 1, 2].map((y) => tileArea({ zoom, x: near.x + x, y: near.y + y })),
  );
  const at = (line: (n: number, zoom: number) => number, first: number, [n, share]: [number, number]) => {
    const [from, to] = [line(first + n, zoom), line(first + n + 1, zoom)];
    return share === 0 ? from : from + (to - from) * share;
  };
  const place = fc.tuple(fc.constantFrom(1, 2), fc.constantFrom(0, 0.25, 0.5, 0.999));
  fc.assert(
    fc.property(place, place, (column, row) => {
      const longitude = at(longitudeOfLine, near.x, column);
      const latitude = at(latitudeOfLine, near.y, row);
      const holding = tiles.filter((area) => containsPoint(area, longitude, latitude)).length;
      expect(holding).toBe((column[1] === 0 ? 2 : 1) * (row[1] === 0 ? 2 : 1));
    }),
  );
});
