import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { areaFromGeoJson } from "../areas/geo-json.ts";
import { boundingBoxOf } from "../areas/measure.ts";
import { splitTask } from "../splitting/split-task.ts";
import { checkArea } from "../validity/check-area.ts";
import { cutIntoGrid, type GridTask } from "./grid.ts";
import { groundOf } from "./ground.ts";
import { latitudeOfLine, longitudeOfLine, type Tile, tileArea } from "./tile.ts";

type Position = [number, number];

const NO_LIMIT = 1_000_000;
/** How far a vertex may be moved, in degrees. */
const REACH = 5e-7;

const ROUNDINGS = {
  "six decimals": (value: number) => Number(value.toFixed(6)),
  "seven decimals": (value: number) => Number(value.toFixed(7)),
  "seven decimals, rounded down": (value: number) => Math.floor(value * 1e7) / 1e7,
  "seven decimals, rounded up": (value: number) => Math.ceil(value * 1e7) / 1e7,
  "nine decimals": (value: number) => Number(value.toFixed(9)),
  "doubles that differ in the last digit": (value: number) => value * (1 + Number.EPSILON),
};

/** Blocks of squares anywhere: at the rims of the world and between them, with or without a hole, a second polygon, and vertices at all corners. */
const blocks = fc
  .record({
    zoom: fc.integer({ min: 3, max: 22 }),
    place: fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
    isAtRim: fc.tuple(fc.constantFrom(0, 0.5, 1), fc.constantFrom(0, 0.5, 1)),
    width: fc.integer({ min: 1, max: 3 }),
    height: fc.integer({ min: 1, max: 4 }),
    hasHole: fc.boolean(),
    hasSecond: fc.boolean(),
    isDense: fc.boolean(),
  })
  .map(({ zoom, place, isAtRim, width, height, ...rest }) => {
    const world = 2 ** zoom;
    const at = (axis: 0 | 1, extent: number) => {
      const share = isAtRim[axis] === 0.5 ? place[axis] : isAtRim[axis];
      return Math.round(share * (world - extent));
    };
    // The second polygon is the square beyond the south-eastern corner.
    return { zoom, x: at(0, width + 1), y: at(1, height + 1), width, height, ...rest };
  });
type Block = typeof blocks extends fc.Arbitrary<infer Value> ? Value : never;

describe.each(Object.entries(ROUNDINGS))("an area that follows the squares, in %s", (_, rounded) => {
  test("gives all its squares whole, and no others", () => {
    fc.assert(
      fc.property(blocks, (block) => {
        const tasks = cutIntoGrid(areaOf(block, rounded), block.zoom, "clipped", NO_LIMIT);
        expect(tasks).toEqual(squaresOf(block).map(whole));
        expect(cutIntoGrid(areaOf(block, rounded), block.zoom, "whole", NO_LIMIT)).toEqual(tasks);
      }),
      { numRuns: 200 },
    );
  });

  test("gives squares whose children are whole", () => {
    fc.assert(
      fc.property(blocks, (block) => {
        // Next to the poles, squares beyond zoom 20 are too small to be divided.
        fc.pre(block.zoom <= 20);
        const area = areaOf(block, rounded);
        for (const { zoom, x, y } of squaresOf(block).slice(0, 6)) {
          const children = [0, 1, 2, 3].map((place) =>
            whole({ zoom: zoom + 1, x: 2 * x + (place % 2), y: 2 * y + (place >> 1) }),
          );
          expect(splitTask(whole({ zoom, x, y }), area)).toEqual(children);
        }
      }),
      { numRuns: 100 },
    );
  });
});

test("an area with vertices next to lines gives valid pieces in their squares, together the area but for rounding", () => {
  const coordinate = fc.integer({ min: 0, max: 6 });
  const offsets = fc.array(fc.constantFrom(0, 3e-8, -3e-8, 1e-7, -1e-7, 4e-7), {
    minLength: 5,
    maxLength: 5,
  });
  const ring = fc.array(fc.tuple(coordinate, coordinate), { minLength: 3, maxLength: 7 });
  const scenes = fc.record({
    zoom: fc.constantFrom(4, 9, 16, 22),
    north: fc.constantFrom(0.01, 0.3, 0.5),
    offsets,
    polygons: fc.array(fc.array(ring, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 2 }),
  });
  fc.assert(
    fc.property(scenes, ({ zoom, north, polygons, offsets }) => {
      const [x, y] = [2 ** (zoom - 1), Math.floor(north * 2 ** zoom)];
      // One point has one offset, so that no spike is narrower than rounding.
      const offset = (place: number) => offsets[place % offsets.length] as number;
      const place = ([east, south]: Position): Position => [
        longitudeOfLine(x + east / 2, zoom) + offset(east + 3 * south),
        latitudeOfLine(y + south / 2, zoom) + offset(2 * east + south + 1),
      ];
      const area = validArea(polygons.map((rings) => rings.map((points) => points.map(place))));
      fc.pre(area !== undefined);
      const ground = groundOf(area as MultiPolygon);
      const tasks = cutIntoGrid(area as MultiPolygon, zoom, "clipped", NO_LIMIT);
      const squares = cutIntoGrid(area as MultiPolygon, zoom, "whole", NO_LIMIT);
      expect(tasks).toHaveLength(squares.length);
      expect(new Set(squares.map(({ tile }) => `${tile?.x}/${tile?.y}`)).size).toBe(squares.length);
      for (const [i, task] of tasks.entries()) {
        checkArea(task.area);
        const [own, square] = [boundingBoxOf(task.area), boundingBoxOf((squares[i] as GridTask).area)];
        expect(own.west >= square.west && own.south >= square.south).toBe(true);
        expect(own.east <= square.east && own.north <= square.north).toBe(true);
      }
      const sum = tasks.reduce((total, task) => total + groundOf(task.area).squareDegrees, 0);
      const slivers = 1e-14 * (tasks.length + 50);
      expect(Math.abs(sum - ground.squareDegrees)).toBeLessThan(
        REACH * lengthOf(area as MultiPolygon) + slivers,
      );
    }),
    { numRuns: 300, maxSkipsPerRun: 300 },
  );
});

test("a vertex that rounding does not explain stays where it is", () => {
  const tile = { zoom: 12, x: 2300, y: 1500 };
  const { west, south, east, north } = boundingBoxOf(tileArea(tile));
  const [task, ...others] = cutIntoGrid(
    polygonOf([
      [west, south],
      [east - 2e-7, south],
      [east - 2e-7, north],
      [west, north],
    ]),
    12,
    "clipped",
    NO_LIMIT,
  );
  expect(others).toEqual([]);
  expect(task?.tile).toBeUndefined();
  expect(boundingBoxOf((task as GridTask).area).east).toBe(east - 2e-7);
});

test("an area that would be invalid on the lines is cut as it is", () => {
  const [line, latitude] = [longitudeOfLine(2300, 12), latitudeOfLine(1500, 12)];
  // A hole that is narrower than rounding, next to the line: on it, the hole would be no ring.
  const area = areaFromGeoJson({
    type: "Polygon",
    coordinates: [
      [
        [line - 0.01, latitude - 0.02],
        [line + 0.01, latitude - 0.02],
        [line + 0.01, latitude - 0.01],
        [line - 0.01, latitude - 0.01],
        [line - 0.01, latitude - 0.02],
      ],
      [
        [line + 1e-8, latitude - 0.018],
        [line + 1e-8, latitude - 0.012],
        [line + 6e-8, latitude - 0.012],
        [line + 1e-8, latitude - 0.018],
      ],
    ],
  });
  checkArea(area);
  const tasks = cutIntoGrid(area, 12, "clipped", NO_LIMIT);
  expect(tasks.map((task) => task.area.polygonLengths)).toEqual([[1], [2]]);
});

function whole(tile: Tile): GridTask {
  return { tile, area: tileArea(tile) };
}

function squaresOf({ zoom, x, y, width, height, hasHole, hasSecond }: Block): Tile[] {
  const tiles: Tile[] = [];
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const isInHole = row > 0 && row < height - 1 && column > 0 && column < width - 1;
      if (!(hasHole && isInHole)) tiles.push({ zoom, x: x + column, y: y + row });
    }
  }
  return hasSecond ? [...tiles, { zoom, x: x + width, y: y + height }] : tiles;
}

function areaOf(block: Block, rounded: (value: number) => number): MultiPolygon {
  const { zoom, x, y, width, height, hasHole, hasSecond, isDense } = block;
  const ring = (west: number, north: number, columns: number, rows: number): Position[] => {
    const corners: Position[] = [];
    const steps = isDense ? 1 : Number.POSITIVE_INFINITY;
    for (let i = 0; i < rows; i += Math.min(steps, rows)) corners.push([west, north + i]);
    for (let i = 0; i < columns; i += Math.min(steps, columns)) corners.push([west + i, north + rows]);
    for (let i = rows; i > 0; i -= Math.min(steps, rows)) corners.push([west + columns, north + i]);
    for (let i = columns; i > 0; i -= Math.min(steps, columns)) corners.push([west + i, north]);
    return corners.map(([column, row]) => [
      rounded(longitudeOfLine(column, zoom)),
      rounded(latitudeOfLine(row, zoom)),
    ]);
  };
  const holes =
    hasHole && width > 2 && height > 2 ? [ring(x + 1, y + 1, width - 2, height - 2).toReversed()] : [];
  const second = hasSecond ? [[ring(x + width, y + height, 1, 1)]] : [];
  const area = validArea([[ring(x, y, width, height), ...holes], ...second]);
  if (area === undefined) throw new Error("a block is a valid area");
  return area;
}

function polygonOf(ring: Position[]): MultiPolygon {
  return validArea([[ring]]) as MultiPolygon;
}

function validArea(polygons: Position[][][]): MultiPolygon | undefined {
  try {
    const coordinates = polygons.map((rings) => rings.map((points) => [...points, points[0]]));
    const area = areaFromGeoJson({ type: "MultiPolygon", coordinates });
    checkArea(area);
    return area;
  } catch {
    return undefined;
  }
}

/** The length of all rings, in degrees of either axis. */
function lengthOf({ coordinates }: MultiPolygon): number {
  let total = 0;
  for (let i = 2; i < coordinates.length; i++) {
    total += Math.abs((coordinates[i] as number) - (coordinates[i - 2] as number));
  }
  return total;
}
