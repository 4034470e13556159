import { create } from "@bufbuild/protobuf";
import { MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { TooManyTasks } from "../validity/too-many-tasks.ts";
import { cutIntoAbout } from "./cut-into-about.ts";
import { cutIntoSquares } from "./cut-into-squares.ts";
import { cutIntoGrid } from "./grid.ts";
import { refuseTooMany, type Wanted } from "./refuse-too-many.ts";

const square = (west: number, south: number, side: number) =>
  create(MultiPolygonSchema, {
    coordinates: [
      [west, south],
      [west + side, south],
      [west + side, south + side],
      [west, south + side],
      [west, south],
    ].flat(),
    ringLengths: [5],
    polygonLengths: [1],
  });

const isRefused = (act: () => unknown): boolean => {
  try {
    act();
    return false;
  } catch (error) {
    if (error instanceof TooManyTasks) return true;
    throw error;
  }
};

test.each<[string, Wanted]>([
  ["a zoom", { zoom: 22 }],
  ["a size", { sizeMetres: 1 }],
  ["a number", { taskCount: 301 }],
])("by %s that is far too many is refused", (_, wanted) => {
  expect(() => refuseTooMany(square(10, 10, 1), wanted, 300)).toThrow(TooManyTasks);
});

test("what is refused by its size would be refused by its cut", () => {
  const degrees = fc.double({ min: 0.01, max: 2, noNaN: true });
  const place = fc.double({ min: -80, max: 80, noNaN: true });
  const wanted = fc.oneof(
    fc.record({ zoom: fc.integer({ min: 5, max: 13 }) }),
    fc.record({ sizeMetres: fc.integer({ min: 1_000, max: 50_000 }) }),
    fc.record({ taskCount: fc.integer({ min: 1, max: 200 }) }),
  );
  const limits = fc.integer({ min: 1, max: 150 });
  fc.assert(
    fc.property(degrees, place, place, wanted, limits, (side, west, south, how: Wanted, limit) => {
      const area = square(west, south, side);
      if (!isRefused(() => refuseTooMany(area, how, limit))) return;
      const { zoom, sizeMetres, taskCount } = how;
      const cut = () => {
        if (zoom !== undefined) cutIntoGrid(area, zoom, "clipped", limit);
        if (sizeMetres !== undefined) cutIntoSquares(area, sizeMetres, limit);
        if (taskCount !== undefined) cutIntoAbout(area, taskCount, limit);
      };
      expect(isRefused(cut)).toBe(true);
    }),
    { numRuns: 300 },
  );
});
