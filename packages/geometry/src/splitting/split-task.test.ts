import { describe, expect, test } from "vitest";
import { areaFromGeoJson } from "../areas/geo-json.ts";
import { areaSquareKilometres, boundingBoxOf } from "../areas/measure.ts";
import { cutIntoGrid } from "../grids/grid.ts";
import { squareArea, tileArea } from "../grids/tile.ts";
import { CannotSplit } from "../validity/cannot-split.ts";
import { checkArea } from "../validity/check-area.ts";
import { splitTask } from "./split-task.ts";

describe("a square", () => {
  test("of Tasking Manager, z11 x1010 y1399 from the south, splits into its four children", () => {
    const tile = { zoom: 11, x: 1010, y: 2 ** 11 - 1 - 1399 };
    expect(splitTask({ tile, area: tileArea(tile) }, squareArea(-10, 40, 10, 60))).toEqual(
      [
        { zoom: 12, x: 2020, y: 1296 },
        { zoom: 12, x: 2021, y: 1296 },
        { zoom: 12, x: 2020, y: 1297 },
        { zoom: 12, x: 2021, y: 1297 },
      ].map((child) => ({ tile: child, area: tileArea(child) })),
    );
  });

  test("that reaches beyond the area gives children that are clipped, and a tile only to those that are whole", () => {
    const within = polygon([
      [0, 0],
      [9, 0],
      [0, 9],
    ]);
    const whole = cutIntoGrid(within, 7, "whole", 1_000);
    for (const task of whole.filter((_, i) => i % 3 === 0)) {
      const bounds = boundingBoxOf(task.area);
      const inside = cutIntoGrid(within, 8, "clipped", 1_000).filter(({ area }) => {
        const box = boundingBoxOf(area);
        return (
          box.west >= bounds.west &&
          box.east <= bounds.east &&
          box.south >= bounds.south &&
          box.north <= bounds.north
        );
      });
      if (inside.length < 2) expect(() => splitTask(task, within)).toThrow(new CannotSplit("one-piece"));
      else {
        const children = splitTask(task, within);
        expect(children.map(({ tile }) => tile)).toEqual(inside.map(({ tile }) => tile));
        expect(ground(children)).toBeCloseTo(ground(inside), 6);
      }
    }
  });

  test("of the deepest zoom stays whole", () => {
    const tile = { zoom: 24, x: 8_388_608, y: 8_388_607 };
    const within = squareArea(-1, -1, 1, 1);
    expect(() => splitTask({ tile, area: tileArea(tile) }, within)).toThrow(new CannotSplit("too-deep"));
    const above = { zoom: 23, x: 4_194_304, y: 4_194_303 };
    expect(splitTask({ tile: above, area: tileArea(above) }, within)).toHaveLength(4);
  });

  test("of which the area has no more than a sliver in all but one child stays whole", () => {
    const tile = { zoom: 10, x: 512, y: 511 };
    const { west, south, east, north } = boundingBoxOf(tileArea({ zoom: 11, x: 1024, y: 1022 }));
    const within = polygon([
      [west, south],
      [east, south],
      [east + 2e-6, south + 1e-6],
      [east, south + 2e-6],
      [east, north],
      [west, north],
    ]);
    expect(() => splitTask({ tile, area: tileArea(tile) }, within)).toThrow(new CannotSplit("slivers"));
  });
});

describe("what is no square", () => {
  test("is cut across the side that is longer on the ground, and each half again", () => {
    const high = splitTask({ area: squareArea(0, 60, 1, 60.9) }, squareArea(0, 50, 10, 70));
    expect(high.map(({ area }) => Object.values(boundingBoxOf(area)))).toEqual([
      [0, 60.45, 0.5, 60.9],
      [0.5, 60.45, 1, 60.9],
      [0, 60, 0.5, 60.45],
      [0.5, 60, 1, 60.45],
    ]);
    const long = splitTask({ area: squareArea(0, 0, 8, 1) }, squareArea(0, 0, 8, 1));
    expect(long.map(({ area }) => boundingBoxOf(area).west)).toEqual([0, 2, 4, 6]);
    expect(high.every(({ tile }) => tile === undefined)).toBe(true);
  });

  test("with holes and several parts gives valid parts that are together the whole", () => {
    const area = areaFromGeoJson({
      type: "MultiPolygon",
      coordinates: [
        [
          closed([
            [0, 0],
            [4, 0],
            [4, 3],
            [0, 3],
          ]),
          closed([
            [1, 1],
            [1, 2],
            [3, 2],
            [3, 1],
          ]),
        ],
        [
          closed([
            [5, 1],
            [6, 2.5],
            [4.5, 2],
          ]),
        ],
      ],
    });
    const parts = splitTask({ area }, area);
    expect(parts).toHaveLength(4);
    for (const part of parts) checkArea(part.area);
    expect(ground(parts)).toBeCloseTo(areaSquareKilometres(area), 6);
  });

  test("keeps a half whole of which a quarter would be a sliver", () => {
    const boot = polygon([
      [0, 0],
      [8, 0],
      [8, 0.02],
      [2, 0.02],
      [2, 2],
      [0, 2],
    ]);
    const parts = splitTask({ area: boot }, boot);
    expect(parts).toHaveLength(2);
    expect(ground(parts)).toBeCloseTo(areaSquareKilometres(boot), 6);
  });

  test("stays whole if one of its halves would be a sliver, or all of it is", () => {
    const flag = polygon([
      [0, 0],
      [8, 0],
      [8, 0.001],
      [1, 0.001],
      [1, 2],
      [0, 2],
    ]);
    const speck = squareArea(0, 0, 1e-6, 1e-6);
    for (const area of [flag, speck]) {
      expect(() => splitTask({ area }, squareArea(-1, -1, 9, 9))).toThrow(new CannotSplit("slivers"));
    }
  });
});

function ground(tasks: { area: Parameters<typeof areaSquareKilometres>[0] }[]): number {
  return tasks.reduce((sum, { area }) => sum + areaSquareKilometres(area), 0);
}

function closed(ring: number[][]): number[][] {
  return [...ring, ring[0] as number[]];
}

function polygon(ring: number[][]) {
  return areaFromGeoJson({ type: "Polygon", coordinates: [closed(ring)] });
}
