import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SLIVER_SQUARE_DEGREES } from "./area-of-rings.ts";
import { checkArea } from "./check-area.ts";
import { areaFromGeoJson, areaToGeoJson } from "./geo-json.ts";
import { cutIntoGrid, type GridTask, TooManyTasks } from "./grid.ts";
import { areaSquareKilometres, boundingBoxOf } from "./measure.ts";
import { latitudeOfLine, longitudeOfLine, tileArea } from "./tile.ts";

type Ring = [number, number][];

/** More tasks than any of these tests gives. */
const NO_LIMIT = 1_000_000;

test("a square of Tasking Manager, z11 x1010 y1399 from the south, splits into its four children", () => {
  const square = { zoom: 11, x: 1010, y: 2 ** 11 - 1 - 1399 };
  expect(cutIntoGrid(tileArea(square), 12, "clipped", NO_LIMIT)).toEqual(
    [
      { zoom: 12, x: 2020, y: 1296 },
      { zoom: 12, x: 2021, y: 1296 },
      { zoom: 12, x: 2020, y: 1297 },
      { zoom: 12, x: 2021, y: 1297 },
    ].map((tile) => ({ tile, area: tileArea(tile) })),
  );
});

test("a square cut at its own zoom is itself, and touches no neighbour", () => {
  const tile = { zoom: 17, x: 70_406, y: 42_987 };
  expect(cutIntoGrid(tileArea(tile), 17, "clipped", NO_LIMIT)).toEqual([{ tile, area: tileArea(tile) }]);
});

test("the world is 2^zoom squares wide and high", () => {
  const world = polygon(
    [
      [-180, -90],
      [180, -90],
      [180, 90],
      [-180, 90],
    ].map(([x, y]) => [(x as number) / 2, y as number]),
  );
  expect(cutIntoGrid(world, 4, "whole", NO_LIMIT)).toHaveLength(8 * 16);
});

describe("an area that ends inside squares", () => {
  const triangle = polygon([lattice(8, 0.5, 0.6), lattice(8, 0.5, 4.5), lattice(8, 4.3, 4.5)]);

  test("gives tasks row by row from the north, each row from the west", () => {
    const tiles = cutIntoGrid(triangle, 8, "whole", NO_LIMIT).map(({ tile }) => [tile?.x, tile?.y]);
    const rows = [0, 1, 2, 3, 4];
    expect(tiles).toEqual(
      rows.flatMap((row) => rows.slice(0, row + 1).map((column) => [128 + column, 128 + row])),
    );
  });

  test("names the tile of a task only where it is the whole square", () => {
    const tasks = cutIntoGrid(triangle, 8, "clipped", NO_LIMIT);
    expect(tasks).toHaveLength(15);
    expect(tasks.flatMap(({ tile }) => tile ?? [])).toEqual([{ zoom: 8, x: 129, y: 131 }]);
  });
});

test("a hole stays a hole, one that crosses a line becomes part of the edge, and one around a square leaves none", () => {
  const inside = box(8, 0.2, 0.2, 0.4, 0.4).toReversed();
  const across = box(8, 0.8, 0.6, 1.2, 0.7).toReversed();
  const around = box(8, 1.9, 0.9, 3.1, 2.1).toReversed();
  const tasks = cutIntoGrid(polygon(box(8, 0, 0, 4, 3), inside, across, around), 8, "clipped", NO_LIMIT);
  expect(tasks).toHaveLength(4 * 3 - 1);
  expect(tasks[0]?.area.polygonLengths).toEqual([2]);
  expect(tasks[1]?.area.polygonLengths).toEqual([1]);
  expect(tasks.some(({ area }) => sameGround(area, polygon(box(8, 2, 1, 3, 2))))).toBe(false);
});

test("one task has all the pieces of its square", () => {
  const comb = polygon(
    [
      [0, 0],
      [1, 0],
      [1, 0.9],
      [0.8, 0.9],
      [0.8, 0.1],
      [0.6, 0.1],
      [0.6, 0.9],
      [0, 0.9],
    ].map(([x, y]) => lattice(8, x as number, (y as number) + 0.5)),
  );
  const tasks = cutIntoGrid(comb, 8, "clipped", NO_LIMIT);
  expect(tasks.map(({ area }) => area.polygonLengths.length)).toEqual([1, 2]);
});

test("neighbours have the same doubles along the line between them", () => {
  const [west, east] = cutIntoGrid(
    polygon([
      [-0.3, 0.1],
      [0.4, 0.17],
      [0.1, 0.31],
    ]),
    8,
    "clipped",
    NO_LIMIT,
  );
  const onLine = (task?: GridTask) =>
    pairs(task?.area.coordinates ?? [])
      .filter(([x]) => x === 0)
      .map(([, y]) => y)
      .sort();
  expect(onLine(west).length).toBeGreaterThan(1);
  expect(new Set(onLine(west))).toEqual(new Set(onLine(east)));
});

describe("too many tasks are refused", () => {
  test("as soon as there is one too many", () => {
    const area = polygon(box(10, 0, 0, 10, 10));
    expect(cutIntoGrid(area, 10, "clipped", 100)).toHaveLength(100);
    expect(() => cutIntoGrid(area, 10, "clipped", 99)).toThrow(new TooManyTasks(99));
  });

  test("at once where the extent tells", () => {
    const half = polygon([
      [-180, -85],
      [0, -85],
      [0, 85],
      [-180, 85],
    ]);
    const needle = polygon([
      [0, -85],
      [1e-6, 85],
      [-1e-6, 85],
    ]);
    const start = performance.now();
    for (const area of [half, needle]) {
      expect(() => cutIntoGrid(area, 22, "whole", 100_000)).toThrow(new TooManyTasks(100_000));
    }
    expect(performance.now() - start).toBeLessThan(500);
  });

  test("and so is a zig-zag that fills squares with more edges than can be cut", () => {
    const teeth = Array.from({ length: 60_000 }, (_, i): [number, number] => [i % 2, i / 60_000]);
    const zigzag = polygon([...teeth, [-1, 1], [-1, 0]]);
    expect(() => cutIntoGrid(zigzag, 14, "clipped", 100_000)).toThrow(
      expect.objectContaining({ rule: "too-intricate" }),
    );
  });
});

describe("whatever the area", () => {
  // Coordinates in thirds of squares provoke vertices and edges on lines and corners, and edges through corners.
  const coordinate = fc.integer({ min: 0, max: 12 });
  const rings = fc.array(fc.array(fc.tuple(coordinate, coordinate), { minLength: 3, maxLength: 6 }), {
    minLength: 1,
    maxLength: 3,
  });
  const scenes = fc.record({
    zoom: fc.constantFrom(6, 14, 19),
    polygons: fc.array(rings, { minLength: 1, maxLength: 2 }),
    divisor: fc.constantFrom(1, 2, 3),
    framed: fc.boolean(),
  });

  test("the pieces are valid, lie in their squares, and are together the area", () => {
    fc.assert(
      fc.property(scenes, ({ zoom, polygons, divisor, framed }) => {
        const frame: [number, number][] = [
          [-1, -1],
          [13, -1],
          [13, 13],
          [-1, 13],
        ];
        const [first = [], ...others] = polygons;
        const coordinates = (framed ? [[frame, ...first], ...others] : [[first[0] as Ring], ...others]).map(
          (each) => each.map((ring) => closed(ring.map(([x, y]) => lattice(zoom, x / divisor, y / divisor)))),
        );
        const area = validArea(coordinates);
        fc.pre(area !== undefined);
        const tasks = cutIntoGrid(area as MultiPolygon, zoom, "clipped", NO_LIMIT);
        const squares = cutIntoGrid(area as MultiPolygon, zoom, "whole", NO_LIMIT);
        const names = squares.map(({ tile }) => `${tile?.x}/${tile?.y}`);
        expect(squaresOver(area as MultiPolygon, zoom, 0.5)).toEqual(expect.arrayContaining(names));
        const certain = squaresOver(area as MultiPolygon, zoom, 2);
        expect(names.filter((name) => certain.includes(name))).toEqual(certain);
        expect(tasks).toHaveLength(squares.length);
        for (const [i, { tile, area: piece }] of tasks.entries()) {
          checkArea(piece);
          const square = squares[i] as GridTask;
          expect(isWithin(piece, square.area)).toBe(true);
          if (tile) expect(piece).toEqual(square.area);
        }
        const whole = areaSquareKilometres(area as MultiPolygon);
        const sum = tasks.reduce((total, task) => total + areaSquareKilometres(task.area), 0);
        // A sliver of 1e-14 square degrees, which may be left away in each square, has 1.24e-10 square kilometres.
        expect(Math.abs(sum - whole)).toBeLessThan(1e-9 * whole + 1.3e-10 * tasks.length);
        expect(cutIntoGrid(area as MultiPolygon, zoom, "clipped", NO_LIMIT)).toEqual(tasks);
      }),
      { numRuns: Number(process.env.RUNS ?? 300), maxSkipsPerRun: 200 },
    );
  });
});

test("100,000 whole squares and 20,000 vertices are cut in no time", () => {
  const start = performance.now();
  expect(cutIntoGrid(polygon(box(12, 0, 0, 320, 312)), 12, "clipped", 100_000)).toHaveLength(99_840);
  const coast = Array.from({ length: 20_000 }, (_, i): [number, number] => {
    const [angle, radius] = [(i * Math.PI) / 10_000, 1.2 - 0.001 * (i % 7)];
    return [12 + radius * Math.cos(angle), 40 + radius * Math.sin(angle)];
  });
  expect(cutIntoGrid(polygon(coast), 14, "clipped", 100_000).length).toBeGreaterThan(10_000);
  expect(performance.now() - start).toBeLessThan(3_000);
});

/** Finds the squares that share so many slivers of ground with an area, give or take rounding, in all its extent. */
function squaresOver(area: MultiPolygon, zoom: number, slivers: number): string[] {
  const extent = boundingBoxOf(area);
  const squares: string[] = [];
  const corner = 2 ** (zoom - 1) - 1;
  for (let y = corner; latitudeOfLine(y, zoom) > extent.south; y++) {
    for (let x = corner; longitudeOfLine(x, zoom) < extent.east; x++) {
      const square = tileArea({ zoom, x, y });
      const rounding = 1e-14 * sharedGround(square, square);
      const least = slivers * SLIVER_SQUARE_DEGREES + Math.sign(slivers - 1) * rounding;
      if (sharedGround(area, square) > least) squares.push(`${x}/${y}`);
    }
  }
  return squares;
}

/** The ground, in square degrees, that an area shares with a square: each ring clipped after Sutherland and Hodgman. */
function sharedGround(area: MultiPolygon, square: MultiPolygon): number {
  const { west, south, east, north } = boundingBoxOf(square);
  let total = 0;
  for (const ring of areaToGeoJson(area).coordinates.flat()) {
    let clipped: Ring = ring.slice(1);
    for (const [axis, sign, line] of [
      [0, 1, west],
      [0, -1, east],
      [1, 1, south],
      [1, -1, north],
    ] as const) {
      clipped = clipped.flatMap((b, i) => {
        const a = clipped.at(i - 1) as [number, number];
        const [da, db] = [sign * (a[axis] - line), sign * (b[axis] - line)];
        const part = da / (da - db);
        const at: [number, number] = [a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1])];
        if (db >= 0) return da < 0 ? [at, b] : [b];
        return da >= 0 ? [at] : [];
      });
    }
    for (const [i, [x, y]] of clipped.entries()) {
      const [px, py] = clipped.at(i - 1) as [number, number];
      total += ((px - west) * (y - south) - (x - west) * (py - south)) / 2;
    }
  }
  return total;
}

function sameGround(a: MultiPolygon, b: MultiPolygon): boolean {
  return Math.abs(areaSquareKilometres(a) / areaSquareKilometres(b) - 1) < 1e-9 && isWithin(a, b);
}

function isWithin(piece: MultiPolygon, square: MultiPolygon): boolean {
  const [a, b] = [boundingBoxOf(piece), boundingBoxOf(square)];
  return a.west >= b.west && a.south >= b.south && a.east <= b.east && a.north <= b.north;
}

function validArea(coordinates: Ring[][]): MultiPolygon | undefined {
  try {
    const area = areaFromGeoJson({ type: "MultiPolygon", coordinates });
    checkArea(area);
    return area;
  } catch {
    return undefined;
  }
}

/** A point that lies so many squares east and south of where the equator and the zero meridian cross. */
function lattice(zoom: number, east: number, south: number): [number, number] {
  const middle = 2 ** (zoom - 1);
  const row = Math.floor(south);
  const [north, next] = [latitudeOfLine(middle + row, zoom), latitudeOfLine(middle + row + 1, zoom)];
  return [
    longitudeOfLine(middle + east, zoom),
    south === row ? north : north + (next - north) * (south - row),
  ];
}

function box(zoom: number, west: number, north: number, east: number, south: number): Ring {
  return [
    lattice(zoom, west, south),
    lattice(zoom, east, south),
    lattice(zoom, east, north),
    lattice(zoom, west, north),
  ];
}

function polygon(...rings: number[][][]): MultiPolygon {
  return areaFromGeoJson({ type: "Polygon", coordinates: rings.map((ring) => [...ring, ring[0]]) });
}

function closed(ring: Ring): Ring {
  return [...ring, ring[0] as [number, number]];
}

function pairs(coordinates: number[]): [number, number][] {
  return coordinates.flatMap((x, i) =>
    i % 2 === 0 ? [[x, coordinates[i + 1] as number] as [number, number]] : [],
  );
}
