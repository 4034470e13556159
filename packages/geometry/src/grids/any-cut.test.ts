import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { areaFromGeoJson } from "../areas/geo-json.ts";
import { METRES_PER_DEGREE } from "../areas/measure.ts";
import { splitTask } from "../splitting/split-task.ts";
import { CannotSplit } from "../validity/cannot-split.ts";
import { checkArea } from "../validity/check-area.ts";
import { cutIntoAbout } from "./cut-into-about.ts";
import { cutIntoSquares } from "./cut-into-squares.ts";
import { cutIntoGrid, type GridTask } from "./grid.ts";
import { beyondIn, type Ground, groundOf, sharedIn } from "./ground.ts";
import { tileArea } from "./tile.ts";

const NO_LIMIT = 1_000_000;

/** The step of the lattice that vertices lie on, in degrees: squares of whole multiples meet vertices and edges. */
const STEP = 2 ** -10;

const coordinate = fc.integer({ min: 0, max: 9 });
const ring = fc.array(fc.tuple(coordinate, coordinate), { minLength: 3, maxLength: 7 });
/** Valid areas near a latitude, with holes and several polygons among them, on the lattice or askew. */
const areas = fc
  .record({
    polygons: fc.array(fc.array(ring, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
    north: fc.constantFrom(0, -33.5, 61),
    askew: fc.boolean(),
    framed: fc.boolean(),
  })
  .map(({ polygons, north, askew, framed }) => {
    const frame = [
      [-1, -1],
      [11, -1],
      [11, 11],
      [-1, 11],
    ] as [number, number][];
    const [first = [], ...others] = polygons;
    const all = framed ? [[frame, ...first], ...others] : polygons;
    // Away from the lattice no three vertices lie on one line, or nearly so.
    const off = (x: number, y: number) => (askew ? 0.013 * ((3 * x * x + 5 * y) % 7) : 0);
    const place = ([x, y]: [number, number]) => [(x + off(x, y)) * STEP, north - (y + off(y, x)) * STEP];
    return validArea(all.map((rings) => rings.map((points) => points.map(place))));
  })
  .filter((area) => area !== undefined);

test("squares are valid, disjoint, and together the area", () => {
  fc.assert(
    fc.property(areas, fc.constantFrom(1 / 3, 0.5, 0.95, 1, 1.5, 2, 3.05), (area, steps) => {
      expectCover(cutIntoSquares(area, steps * STEP * METRES_PER_DEGREE, NO_LIMIT), area);
    }),
    { numRuns: 500 },
  );
});

test("about as many tasks as asked for are valid, disjoint, and together the area", () => {
  fc.assert(
    fc.property(areas, fc.integer({ min: 1, max: 60 }), (area, count) => {
      expectCover(cutIntoAbout(area, count, NO_LIMIT), area);
    }),
    { numRuns: 100 },
  );
});

test("the parts of what is no square are two to four, valid, disjoint, and together the whole", () => {
  fc.assert(
    fc.property(areas, (area) => {
      const parts = partsOf({ area }, area);
      fc.pre(parts !== undefined);
      expect([2, 3, 4]).toContain(parts?.length);
      expectCover(parts as GridTask[], area);
    }),
    { numRuns: 300 },
  );
});

test("the children of squares are valid, disjoint, and together what square and area share", () => {
  fc.assert(
    fc.property(areas, fc.constantFrom(14, 16, 17), (area, zoom) => {
      for (const task of cutIntoGrid(area, zoom, "whole", NO_LIMIT).slice(0, 20)) {
        const parts = partsOf(task, area);
        if (parts === undefined) continue;
        const [square, ground] = [groundOf(task.area), groundOf(area)];
        const sum = parts.reduce((total, part) => total + groundOf(part.area).squareDegrees, 0);
        expect(Math.abs(sum - sharedIn(square, ground, square.box))).toBeLessThan(ROUNDING);
        for (const part of parts) {
          checkArea(part.area);
          if (part.tile) expect(part.area).toEqual(tileArea(part.tile));
          const own = groundOf(part.area);
          expect(beyondIn(own, ground, own.box)).toBeLessThan(ROUNDING);
          expect(beyondIn(own, square, own.box)).toBeLessThan(ROUNDING);
        }
        expectDisjoint(parts);
      }
    }),
    { numRuns: 150 },
  );
});

/** In square degrees; slivers of 1e-14 may be left away in each cell. */
const ROUNDING = 1e-12;

function expectCover(tasks: GridTask[], area: MultiPolygon): void {
  const whole = groundOf(area);
  let sum = 0;
  for (const task of tasks) {
    expect(task.tile).toBeUndefined();
    checkArea(task.area);
    const own = groundOf(task.area);
    sum += own.squareDegrees;
    expect(beyondIn(own, whole, own.box)).toBeLessThan(ROUNDING);
  }
  expect(Math.abs(sum - whole.squareDegrees)).toBeLessThan(ROUNDING);
  expectDisjoint(tasks);
}

function expectDisjoint(tasks: GridTask[]): void {
  const grounds = tasks.map((task) => groundOf(task.area));
  for (const [i, { box: a }] of grounds.entries()) {
    for (const [j, { box: b }] of grounds.slice(0, i).entries()) {
      const [west, south] = [Math.max(a.west, b.west), Math.max(a.south, b.south)];
      const [east, north] = [Math.min(a.east, b.east), Math.min(a.north, b.north)];
      if (west >= east || south >= north) continue;
      const shared = sharedIn(grounds[i] as Ground, grounds[j] as Ground, { west, south, east, north });
      expect(shared).toBeLessThan(ROUNDING);
    }
  }
}

function partsOf(task: GridTask, within: MultiPolygon): GridTask[] | undefined {
  try {
    return splitTask(task, within);
  } catch (error) {
    expect(error).toBeInstanceOf(CannotSplit);
    return undefined;
  }
}

function validArea(polygons: number[][][][]): MultiPolygon | undefined {
  try {
    const coordinates = polygons.map((rings) => rings.map((points) => [...points, points[0]]));
    const area = areaFromGeoJson({ type: "MultiPolygon", coordinates });
    checkArea(area);
    return area;
  } catch {
    return undefined;
  }
}
