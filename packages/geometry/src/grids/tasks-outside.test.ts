import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { areaFromGeoJson } from "../areas/geo-json.ts";
import { boundingBoxOf, METRES_PER_DEGREE } from "../areas/measure.ts";
import { GeometryTimeout } from "../work/geometry-timeout.ts";
import { outsideInWorker } from "../work/outside-in-worker.ts";
import { cutIntoSquares } from "./cut-into-squares.ts";
import { cutIntoGrid } from "./grid.ts";
import { tasksOutside } from "./tasks-outside.ts";
import { squareArea, tileArea } from "./tile.ts";

const NO_LIMIT = 100_000;
const AT_LEISURE = { limitMs: 20_000 };
/** A metre at the equator, in degrees. */
const METRE = 1 / METRES_PER_DEGREE;

const square = (west: number, south: number, metres: number) =>
  squareArea(west, south, west + metres * METRE, south + metres * METRE);

/** An area with a number of vertices, around a point. */
function circle(vertices: number, [x, y] = [30, 50], radius = 0.2): MultiPolygon {
  const ring = Array.from({ length: vertices }, (_, i) => {
    const angle = (2 * Math.PI * i) / vertices;
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
  });
  return areaFromGeoJson({ type: "Polygon", coordinates: [[...ring, ring[0]]] });
}

const ring = areaFromGeoJson({
  type: "Polygon",
  coordinates: [
    [
      [0, 0],
      [9, 0],
      [9, 9],
      [0, 9],
      [0, 0],
    ],
    [
      [3, 3],
      [3, 6],
      [6, 6],
      [6, 3],
      [3, 3],
    ],
  ],
});

test("a task in a hole, beside the area, or sharing no more than an edge or a corner lies outside", () => {
  const tasks = [
    squareArea(1, 1, 2, 2),
    squareArea(3, 3, 6, 6),
    squareArea(4, 4, 5, 5),
    squareArea(9, 4, 10, 5),
    squareArea(9, 9, 10, 10),
    squareArea(20, 4, 21, 5),
    squareArea(2, 2, 7, 7),
    squareArea(-1, -1, 10, 10),
    squareArea(8.9, 8.9, 10, 10),
  ];
  expect(tasksOutside(ring, tasks)).toEqual([1, 2, 3, 4, 5]);
});

test.each([
  ["a circle", circle(1_000), 14, 2_000],
  ["a ring", ring, 9, 40_000],
] as const)(
  "no task that was cut from %s lies outside of it, however its border runs",
  (_, area, zoom, metres) => {
    for (const tasks of [
      cutIntoGrid(area, zoom, "clipped", NO_LIMIT),
      cutIntoSquares(area, metres, NO_LIMIT),
    ]) {
      const areas = tasks.map((task) => task.area);
      expect(areas.length).toBeGreaterThan(100);
      expect(tasksOutside(area, areas)).toEqual([]);
    }
  },
);

test("what is shared counts from a square metre on, or from a thousandth of the task", () => {
  const area = square(0, 0, 1_000);
  const reaching = (metres: number, size: number) => square(-(size - metres) * METRE, 0, size);
  expect(tasksOutside(area, [reaching(0.009, 100), reaching(0.011, 100)])).toEqual([0]);
  expect(tasksOutside(area, [reaching(0.0009, 1), reaching(0.0011, 1), square(0, 0, 0.1)])).toEqual([0]);
});

test("the squares around a box are separated from those in it by their numbers", () => {
  const zoom = 12;
  fc.assert(
    fc.property(fc.tuple(fc.nat(40), fc.nat(40), fc.nat(6), fc.nat(6)), ([x, y, width, height]) => {
      const [west, north] = [2_000 + x, 1_300 + y];
      const tiles = Array.from({ length: 400 }, (_, i) => ({
        zoom,
        x: 2_010 + (i % 20),
        y: 1_310 + Math.floor(i / 20),
      }));
      const { west: left, south: bottom } = boundingBoxOf(tileArea({ zoom, x: west, y: north + height }));
      const { east: right, north: top } = boundingBoxOf(tileArea({ zoom, x: west + width, y: north }));
      const expected = tiles.flatMap((tile, index) => {
        const inX = tile.x >= west && tile.x <= west + width;
        const inY = tile.y >= north && tile.y <= north + height;
        return inX && inY ? [] : [index];
      });
      const box = squareArea(left, bottom, right, top);
      expect(tasksOutside(box, tiles.map(tileArea))).toEqual(expected);
    }),
    { numRuns: 100 },
  );
});

test("a thread finds the same as the calling thread, and ends at its time limit", async () => {
  const [before, after] = [circle(300), circle(5_000, [30.2, 50.1])];
  const tasks = cutIntoGrid(before, 14, "clipped", NO_LIMIT).map(({ area }) => area);
  const expected = tasksOutside(after, tasks);
  expect(expected.length).toBeGreaterThan(20);
  expect(expected.length).toBeLessThan(tasks.length - 20);
  expect(await outsideInWorker(after, tasks, AT_LEISURE)).toEqual(expected);
  expect(await outsideInWorker(circle(4, [30.2, 50.1]), tasks.slice(0, 9), AT_LEISURE)).toEqual(
    tasksOutside(circle(4, [30.2, 50.1]), tasks.slice(0, 9)),
  );
  await expect(outsideInWorker(after, tasks, { limitMs: 1 })).rejects.toThrow(GeometryTimeout);
});
