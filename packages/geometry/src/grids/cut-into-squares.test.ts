import { describe, expect, test } from "vitest";
import { areaFromGeoJson } from "../areas/geo-json.ts";
import { areaSquareKilometres, boundingBoxOf, METRES_PER_DEGREE } from "../areas/measure.ts";
import { checkArea } from "../validity/check-area.ts";
import { TooManyTasks } from "../validity/too-many-tasks.ts";
import { cutIntoSquares } from "./cut-into-squares.ts";
import type { GridTask } from "./grid.ts";
import { squareArea } from "./tile.ts";

const NO_LIMIT = 1_000_000;

test("a rectangle gives squares of the size asked for, row by row from the north, each from the west", () => {
  const tasks = cutIntoSquares(rectangle(300, 200), 100, NO_LIMIT);
  expect(tasks.every(({ tile }) => tile === undefined)).toBe(true);
  const corners = tasks
    .map(({ area }) => boundingBoxOf(area))
    .map(({ west, north }) => [metres(west), metres(north)]);
  expect(corners).toEqual([
    [0, 200],
    [100, 200],
    [200, 200],
    [0, 100],
    [100, 100],
    [200, 100],
  ]);
  for (const { area } of tasks) expect(areaSquareKilometres(area)).toBeCloseTo(0.01, 9);
});

test("at 60 degrees north the squares are as wide as high on the ground", () => {
  const tasks = cutIntoSquares(squareArea(10, 60, 10.2, 60.1), 1_000, NO_LIMIT);
  expect(tasks[0] && areaSquareKilometres(tasks[0].area)).toBeCloseTo(1, 2);
});

describe("slivers", () => {
  test("at the end of rows and columns join the squares beside them, whose corners stay", () => {
    const tasks = cutIntoSquares(rectangle(305, 205), 100, NO_LIMIT);
    expect(tasks).toHaveLength(6);
    expect(shapes(tasks)).toEqual([
      "100 x 100",
      "100 x 100",
      "105 x 100",
      "100 x 105",
      "100 x 105",
      "105 x 105",
    ]);
    const corner = tasks[5] as GridTask;
    expect(corner.area.ringLengths).toEqual([9]);
  });

  test("of a tenth of a square or more stay tasks", () => {
    expect(shapes(cutIntoSquares(rectangle(111, 100), 100, NO_LIMIT))).toEqual(["100 x 100", "11 x 100"]);
    expect(shapes(cutIntoSquares(rectangle(109, 100), 100, NO_LIMIT))).toEqual(["109 x 100"]);
  });

  test("of a ribbon join each other until they are none", () => {
    const tasks = cutIntoSquares(rectangle(10_000, 1), 100, NO_LIMIT);
    expect(tasks.length).toBeGreaterThan(4);
    expect(tasks.length).toBeLessThanOrEqual(10);
    for (const { area } of tasks) expect(areaSquareKilometres(area)).toBeGreaterThan(0.001 - 1e-9);
  });

  test("without a neighbour, or one that they only touch in a point, stay tasks", () => {
    const area = areaFromGeoJson({
      type: "MultiPolygon",
      coordinates: [ring(0, 0, 100, 100), ring(100, 100, 101, 101), ring(500, 0, 501, 1)],
    });
    const tasks = cutIntoSquares(area, 100, NO_LIMIT);
    expect(tasks).toHaveLength(3);
  });

  test("join the neighbour that they share the longer border with", () => {
    // Beyond (100, 103) lies a corner of 5 m by 4 m; from the square below it, a slit takes most of the border.
    const area = polygon([
      [0, 0],
      [200, 0],
      [200, 100],
      [102, 100],
      [102, 99],
      [101, 99],
      [101, 104],
      [100, 104],
      [100, 200],
      [0, 200],
    ]);
    const tasks = cutIntoSquares(area, 100, NO_LIMIT);
    expect(shapes(tasks)).toEqual(["101 x 100", "100 x 100", "100 x 100"]);
    for (const task of tasks) checkArea(task.area);
    expect(sum(tasks)).toBeCloseTo(areaSquareKilometres(area), 9);
  });

  test("that close around a hole leave a hole", () => {
    const area = areaFromGeoJson({
      type: "Polygon",
      coordinates: [...ring(0, 0, 200, 200), ...ring(97, 97, 199, 199).map((it) => it.toReversed())],
    });
    const tasks = cutIntoSquares(area, 100, NO_LIMIT);
    for (const task of tasks) checkArea(task.area);
    expect(sum(tasks)).toBeCloseTo(areaSquareKilometres(area), 9);
  });
});

describe("too many tasks are refused", () => {
  test("by what is left after slivers were merged", () => {
    const area = rectangle(305, 205);
    expect(cutIntoSquares(area, 100, 6)).toHaveLength(6);
    expect(() => cutIntoSquares(area, 100, 5)).toThrow(new TooManyTasks(5));
  });

  test("at once if the size shows it", () => {
    expect(() => cutIntoSquares(squareArea(-170, -80, 170, 80), 1, 100_000)).toThrow(
      new TooManyTasks(100_000),
    );
    expect(() => cutIntoSquares(squareArea(0, 0, 10, 10), 1e-9, 100_000)).toThrow(new TooManyTasks(100_000));
  });
});

test.each([0, -1, Number.NaN, Infinity])("a square %d m wide is a mistake", (size) => {
  expect(() => cutIntoSquares(rectangle(1, 1), size, 10)).toThrow(RangeError);
});

test("areas at the poles and all around the world are cut", () => {
  for (const area of [
    squareArea(-180, 89.5, 0, 90),
    squareArea(-180, -90, 0, -89.9),
    squareArea(-170, -90, 10, 90),
  ]) {
    const tasks = cutIntoSquares(area, 300_000, NO_LIMIT);
    for (const task of tasks) checkArea(task.area);
    expect(sum(tasks) / areaSquareKilometres(area)).toBeCloseTo(1, 9);
  }
});

test("100,000 squares under a coast of 20,000 vertices are cut", () => {
  const coast = Array.from({ length: 20_000 }, (_, i) => {
    const [angle, radius] = [(i * Math.PI) / 10_000, 0.16 - 0.001 * (i % 7)];
    return [12 + radius * Math.cos(angle), radius * Math.sin(angle)];
  });
  const area = areaFromGeoJson({ type: "Polygon", coordinates: [[...coast, coast[0]]] });
  const tasks = cutIntoSquares(area, 100, 100_000);
  expect(tasks.length).toBeGreaterThan(80_000);
});

function sum(tasks: GridTask[]): number {
  return tasks.reduce((total, { area }) => total + areaSquareKilometres(area), 0);
}

/** Metres from the point where the equator and the zero meridian cross. */
function metres(degrees: number): number {
  return Math.round(degrees * METRES_PER_DEGREE * 1000) / 1000;
}

function shapes(tasks: GridTask[]): string[] {
  return tasks.map(({ area }) => {
    const { west, south, east, north } = boundingBoxOf(area);
    return `${metres(east - west)} x ${metres(north - south)}`;
  });
}

function ring(west: number, south: number, east: number, north: number): number[][][] {
  const corners = [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ];
  return [corners.map((corner) => corner.map((value) => value / METRES_PER_DEGREE))];
}

function rectangle(width: number, height: number) {
  return areaFromGeoJson({ type: "Polygon", coordinates: ring(0, 0, width, height) });
}

function polygon(corners: number[][]) {
  const positions = corners.map((corner) => corner.map((value) => value / METRES_PER_DEGREE));
  return areaFromGeoJson({ type: "Polygon", coordinates: [[...positions, positions[0]]] });
}
