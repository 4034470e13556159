import { describe, expect, test } from "vitest";
import { areaFromGeoJson } from "../areas/geo-json.ts";
import { areaSquareKilometres } from "../areas/measure.ts";
import { checkArea } from "../validity/check-area.ts";
import { TooManyTasks } from "../validity/too-many-tasks.ts";
import { cutIntoAbout } from "./cut-into-about.ts";
import { squareArea } from "./tile.ts";

const NO_LIMIT = 100_000;

const circle = closed(
  Array.from({ length: 200 }, (_, i) => [
    10 + Math.cos((i * Math.PI) / 100) / 2,
    46 + Math.sin((i * Math.PI) / 100) / 3,
  ]),
);
const AREAS: Record<string, number[][][][]> = {
  convex: [[circle]],
  concave: [
    [
      closed([
        [0, 0],
        [3, 0],
        [3, 0.4],
        [0.5, 0.5],
        [0.4, 2],
        [2, 2.1],
        [2, 2.6],
        [0, 2.5],
      ]),
    ],
  ],
  holed: [
    [
      closed([
        [30, 60],
        [31, 60.1],
        [31.1, 60.7],
        [30, 60.8],
      ]),
      closed([
        [30.2, 60.2],
        [30.3, 60.6],
        [30.9, 60.5],
        [30.7, 60.2],
      ]),
    ],
  ],
  scattered: [
    [
      closed([
        [5, 5],
        [5.3, 5],
        [5.2, 5.2],
      ]),
    ],
    [
      closed([
        [6, 5.5],
        [6.5, 5.6],
        [6.1, 6.2],
      ]),
    ],
    [
      closed([
        [5.1, 6],
        [5.4, 6.1],
        [5.2, 6.4],
        [5, 6.2],
      ]),
    ],
  ],
};

describe.each(Object.entries(AREAS))("an area that is %s", (_, coordinates) => {
  const area = areaFromGeoJson({ type: "MultiPolygon", coordinates });

  test.each([
    [1, 0],
    [2, 1],
    [10, 2],
    [500, 15],
    [5_000, 100],
  ])("is cut into about %d tasks, give or take %d", (count, off) => {
    const tasks = cutIntoAbout(area, count, NO_LIMIT);
    expect(Math.abs(tasks.length - count)).toBeLessThanOrEqual(off);
    for (const task of tasks) checkArea(task.area);
    const sum = tasks.reduce((total, task) => total + areaSquareKilometres(task.area), 0);
    expect(sum / areaSquareKilometres(area)).toBeCloseTo(1, 9);
  });
});

test("a rectangle is cut into any small number, or one that is next to it", () => {
  const rectangle = squareArea(0, -1, 1, 1);
  for (let count = 1; count < 30; count++) {
    const { length } = cutIntoAbout(rectangle, count, NO_LIMIT);
    expect(Math.abs(length - count)).toBeLessThanOrEqual(1 + count / 10);
  }
});

test("a ribbon is cut into about as many tasks as any other area", () => {
  const ribbon = squareArea(10, 50, 15, 50.0001);
  expect(Math.abs(cutIntoAbout(ribbon, 100, NO_LIMIT).length - 100)).toBeLessThan(30);
});

test.each([
  [2, 0],
  [6, 1],
  [60, 3],
])("a needle of width %d gives %d tasks where three are wanted", (width, tasks) => {
  const step = 2 ** -13;
  const off = width * 1e-7;
  const needle = areaFromGeoJson({
    type: "Polygon",
    coordinates: [
      closed([
        [6 * step, 5 * step],
        [5 * step, (6 + off) * step],
        [(4 - off) * step, 7 * step],
      ]),
    ],
  });
  checkArea(needle);
  expect(cutIntoAbout(needle, 3, NO_LIMIT)).toHaveLength(tasks);
});

test("more tasks than the limit are refused, by what is asked and by what is found", () => {
  const square = squareArea(0, 0, 1, 1);
  expect(() => cutIntoAbout(square, 501, 500)).toThrow(new TooManyTasks(500));
  expect(cutIntoAbout(square, 500, 500).length).toBeLessThanOrEqual(500);
});

test.each([0, -1, Number.NaN])("%d tasks are a mistake", (count) => {
  expect(() => cutIntoAbout(squareArea(0, 0, 1, 1), count, 10)).toThrow(RangeError);
});

function closed(ring: number[][]): number[][] {
  return [...ring, ring[0] as number[]];
}
