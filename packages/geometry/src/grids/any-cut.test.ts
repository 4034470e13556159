import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { areaFromGeoJson } from "../areas/geo-json.ts";
import { METRES_PER_DEGREE } from "../areas/measure.ts";
import { splitTask } from "../splitting/split-task.ts";
import { areaOfDrawing, needles, STEP } from "../testing/near-areas.ts";
import { randomOf } from "../testing/random-areas.ts";
import { CannotSplit } from "../validity/cannot-split.ts";
import { checkArea } from "../validity/check-area.ts";
import { cutIntoAbout } from "./cut-into-about.ts";
import { cutIntoSquares } from "./cut-into-squares.ts";
import { cutIntoGrid, type GridTask } from "./grid.ts";
import { beyondIn, type Ground, groundOf, sharedIn } from "./ground.ts";
import { tileArea } from "./tile.ts";

const NO_LIMIT = 1_000_000;

const coordinate = fc.integer({ min: 0, max: 9 });
const ring = fc.array(fc.tuple(coordinate, coordinate), { minLength: 3, maxLength: 7 });
const norths = fc.constantFrom(0, -33.5, 61);
/** Valid areas near a latitude, with holes and several polygons among them, on the lattice or askew. */
const drawings = fc
  .record({
    polygons: fc.array(fc.array(ring, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
    north: norths,
    askew: fc.boolean(),
    framed: fc.boolean(),
  })
  .map(areaOfDrawing);
/** Valid areas of which parts have no width but that of rounding. */
const thinAreas = fc
  .record({ number: fc.nat(), south: norths })
  .map(({ number, south }) => needles(randomOf(0, number), { west: 0, south, step: STEP }));
const areas = fc.oneof(drawings, thinAreas).filter((area) => area !== undefined);

/** A square with a hole whose three corners lie on one line but for rounding. */
const closingHole = areaFromGeoJson({
  type: "Polygon",
  coordinates: [
    [
      [-0.001001953125, 0.001001953125],
      [-0.000951171875, -0.0107548828125],
      [0.0108056640625, -0.0108056640625],
      [0.0107548828125, 0.000951171875],
      [-0.001001953125, 0.001001953125],
    ],
    [
      [0.0000634765625, -0.0078505859375],
      [0.0078505859375, -0.0000634765625],
      [0.0068994140625, -0.0010146484375],
      [0.0000634765625, -0.0078505859375],
    ],
  ],
});

test("squares are valid, disjoint, and together the area", () => {
  fc.assert(
    fc.property(areas, fc.constantFrom(1 / 3, 0.5, 0.95, 1, 1.5, 2, 3.05), (area, steps) => {
      expectCover(cutIntoSquares(area, steps * STEP * METRES_PER_DEGREE, NO_LIMIT), area);
    }),
    { numRuns: 500, examples: [[closingHole, 1 / 3]] },
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
