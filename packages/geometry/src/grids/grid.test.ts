import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { describe, expect, test } from "vitest";
import { areaFromGeoJson } from "../areas/geo-json.ts";
import { areaSquareKilometres, boundingBoxOf } from "../areas/measure.ts";
import { TooManyTasks } from "../validity/too-many-tasks.ts";
import { cutIntoGrid, type GridTask } from "./grid.ts";
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

test("a hole that reaches from the area's edge to a line parts the ground of its square, and leaves the next whole", () => {
  const hole = [lattice(8, 0, 0.5), lattice(8, 0.5, 0.6), lattice(8, 1, 0.5), lattice(8, 0.5, 0.4)];
  const [west, east] = cutIntoGrid(polygon(box(8, 0, 0, 2, 1), hole), 8, "clipped", NO_LIMIT);
  expect(west?.area.polygonLengths).toEqual([1, 1]);
  expect(east?.tile).toEqual({ zoom: 8, x: 129, y: 128 });
});

test("a hole that misses an edge by less than rounding is cut none the less", () => {
  const north = 0.9374544123294251;
  const outer = [
    [13.359375000000002, 0],
    [14.296875, 5e-17],
    [14.296875, 0.9374544123294252],
    [13.359375, north],
  ];
  const hole = [
    [13.4765625, north],
    [13.9453125, 0.23437352932818822],
    [14.0625, 0.7031073524364867],
  ];
  expect(cutIntoGrid(polygon(outer, hole), 10, "clipped", NO_LIMIT)).toHaveLength(9);
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
    (task?.area.coordinates ?? []).filter((_, i, all) => i % 2 === 1 && all[i - 1] === 0).sort();
  expect(onLine(west).length).toBeGreaterThan(1);
  expect(new Set(onLine(west))).toEqual(new Set(onLine(east)));
});

describe("too many tasks are refused", () => {
  test("as soon as there is one too many", () => {
    const area = polygon(box(10, 0, 0, 10, 10));
    expect(cutIntoGrid(area, 10, "clipped", 100)).toHaveLength(100);
    expect(() => cutIntoGrid(area, 10, "clipped", 99)).toThrow(new TooManyTasks(99));
  });

  test("at once if the extent shows it", () => {
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
    for (const area of [half, needle]) {
      expect(() => cutIntoGrid(area, 22, "whole", 100_000)).toThrow(new TooManyTasks(100_000));
    }
  });

  test("and so is a zig-zag that fills squares with more edges than can be cut", () => {
    const teeth = Array.from({ length: 60_000 }, (_, i): [number, number] => [i / 60_000, i % 2]);
    const zigzag = polygon([...teeth, [1, -1], [0, -1]]);
    expect(() => cutIntoGrid(zigzag, 14, "clipped", 100_000)).toThrow(
      expect.objectContaining({ rule: "too-intricate" }),
    );
  });
});

test("100,000 whole squares and 20,000 vertices are cut", () => {
  expect(cutIntoGrid(polygon(box(12, 0, 0, 320, 312)), 12, "clipped", 100_000)).toHaveLength(99_840);
  const coast = Array.from({ length: 20_000 }, (_, i): [number, number] => {
    const [angle, radius] = [(i * Math.PI) / 10_000, 1.2 - 0.001 * (i % 7)];
    return [12 + radius * Math.cos(angle), 40 + radius * Math.sin(angle)];
  });
  expect(cutIntoGrid(polygon(coast), 14, "clipped", 100_000).length).toBeGreaterThan(10_000);
});

function sameGround(a: MultiPolygon, b: MultiPolygon): boolean {
  return Math.abs(areaSquareKilometres(a) / areaSquareKilometres(b) - 1) < 1e-9 && isWithin(a, b);
}

function isWithin(piece: MultiPolygon, square: MultiPolygon): boolean {
  const [a, b] = [boundingBoxOf(piece), boundingBoxOf(square)];
  return a.west >= b.west && a.south >= b.south && a.east <= b.east && a.north <= b.north;
}

/** A point that lies a number of squares east and south of the crossing of the equator and the zero meridian. */
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
