import fc from "fast-check";
import { expect, test } from "vitest";
import { type Box, cellOf, cellsAround } from "./cells.ts";

const LEVELS = 26;

const holds = ({ west, south, east, north }: Box, longitude: number, latitude: number) => {
  expect(longitude >= west && longitude <= east && latitude >= south && latitude <= north).toBe(true);
  return cellsAround({ longitude, latitude }).includes(cellOf({ west, south, east, north }));
};

/** Lengths of all orders, those of the cells among them, and a hair more or less. */
const length = fc
  .tuple(
    fc.integer({ min: -1, max: 30 }),
    fc.constantFrom(1, 1 - 1e-9, 1 + 1e-9, 0.999, 0.9998, 0.9999, 1.0001, 0.7),
  )
  .map(([level, factor]) => Math.min(360, (360 / 2 ** level) * factor));
/** Places on the lines of cells, beside them, at the ends of the world, and anywhere. */
const along = (least: number) =>
  fc.oneof(
    fc.double({ min: least, max: -least, noNaN: true }),
    fc
      .tuple(fc.integer({ min: 0, max: 25 }), fc.nat(2 ** 20), fc.constantFrom(0, 1e-13, -1e-13, 1e-6))
      .map(([level, n, off]) =>
        Math.min(-least, Math.max(least, least + ((n % 2 ** level) * 360) / 2 ** level + off)),
      ),
    fc.constantFrom(least, -least, 0),
  );
const within = fc.constantFrom(0, 1, 0.5, 1e-9, 1 - 1e-9);

test("whatever box holds a point, its cell is among those that are looked into for the point", () => {
  const box = fc.record({ x: along(-180), y: along(-90), wide: length, high: length, square: fc.boolean() });
  fc.assert(
    fc.property(box, within, within, ({ x, y, wide, high, square }, across, up) => {
      // It ends at the ends of the world, and is then as wide as fits.
      const west = Math.max(-180, Math.min(x, 180 - wide));
      const south = Math.max(-90, Math.min(y, 90 - (square ? wide : high)));
      const east = Math.min(180, west + wide);
      const north = Math.min(90, south + (square ? wide : high));
      const longitude = Math.min(east, Math.max(west, west + across * (east - west)));
      const latitude = Math.min(north, Math.max(south, south + up * (north - south)));
      expect(holds({ west, south, east, north }, longitude, latitude)).toBe(true);
    }),
    { numRuns: 50_000 },
  );
});

test("all of the world, the poles and both sides of the antimeridian are found at their corners", () => {
  const boxes: Box[] = [
    { west: -180, south: -90, east: 180, north: 90 },
    { west: 179.99, south: -90, east: 180, north: -89.99 },
    { west: -180, south: 89.99, east: -179.99, north: 90 },
    { west: 180, south: 90, east: 180, north: 90 },
    { west: -180, south: 0, east: 0, north: 90 },
  ];
  for (const box of boxes) {
    for (const longitude of [box.west, box.east]) {
      for (const latitude of [box.south, box.north]) expect(holds(box, longitude, latitude)).toBe(true);
    }
  }
});

test("a point is looked for in no more than four cells of each level", () => {
  const cells = cellsAround({ longitude: 17.3, latitude: 48.1 });
  expect(cells.length).toBeLessThanOrEqual(4 * LEVELS);
  expect(new Set(cells).size).toBe(cells.length);
  expect(cellsAround({ longitude: -180, latitude: -90 })).toHaveLength(LEVELS);
});
