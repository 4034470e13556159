import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SLIVER_SQUARE_DEGREES } from "../areas/area-of-rings.ts";
import { areaFromGeoJson, areaToGeoJson } from "../areas/geo-json.ts";
import { areaSquareKilometres, boundingBoxOf } from "../areas/measure.ts";
import { checkArea } from "../validity/check-area.ts";
import { cutIntoGrid, type GridTask } from "./grid.ts";
import { latitudeOfLine, longitudeOfLine, tileArea } from "./tile.ts";

type Ring = [number, number][];

/** More tasks than any of these areas gives. */
const NO_LIMIT = 1_000_000;

describe("whatever the area", () => {
  // Coordinates in thirds of squares provoke vertices and edges on lines and corners, and edges through corners.
  const coordinate = fc.integer({ min: 0, max: 12 });
  const rings = fc.array(fc.array(fc.tuple(coordinate, coordinate), { minLength: 3, maxLength: 6 }), {
    minLength: 1,
    maxLength: 3,
  });
  const scenes = fc.record({
    zoom: fc.constantFrom(6, 14, 19),
    polygons: fc.array(rings, { minLength: 1, maxLength: 2 }),
    divisor: fc.constantFrom(1, 2, 3),
    framed: fc.boolean(),
  });

  test("the pieces are valid, lie in their squares, and are together the area", () => {
    fc.assert(
      fc.property(scenes, ({ zoom, polygons, divisor, framed }) => {
        const frame: [number, number][] = [
          [-1, -1],
          [13, -1],
          [13, 13],
          [-1, 13],
        ];
        const [first = [], ...others] = polygons;
        const coordinates = (framed ? [[frame, ...first], ...others] : [[first[0] as Ring], ...others]).map(
          (each) => each.map((ring) => closed(ring.map(([x, y]) => lattice(zoom, x / divisor, y / divisor)))),
        );
        const area = validArea(coordinates);
        fc.pre(area !== undefined);
        const tasks = cutIntoGrid(area as MultiPolygon, zoom, "clipped", NO_LIMIT);
        const squares = cutIntoGrid(area as MultiPolygon, zoom, "whole", NO_LIMIT);
        const names = squares.map(({ tile }) => `${tile?.x}/${tile?.y}`);
        expect(squaresOver(area as MultiPolygon, zoom, 0.5)).toEqual(expect.arrayContaining(names));
        const certain = squaresOver(area as MultiPolygon, zoom, 2);
        expect(names.filter((name) => certain.includes(name))).toEqual(certain);
        expect(tasks).toHaveLength(squares.length);
        for (const [i, { tile, area: piece }] of tasks.entries()) {
          checkArea(piece);
          const square = squares[i] as GridTask;
          expect(isWithin(piece, square.area)).toBe(true);
          if (tile) expect(piece).toEqual(square.area);
        }
        const whole = areaSquareKilometres(area as MultiPolygon);
        const sum = tasks.reduce((total, task) => total + areaSquareKilometres(task.area), 0);
        // A sliver of 1e-14 square degrees, which may be left away in each of 200 squares, has 1.24e-10 square kilometres.
        expect(Math.abs(sum - whole)).toBeLessThan(1e-9 * whole + 1.3e-10 * 200);
        expect(cutIntoGrid(area as MultiPolygon, zoom, "clipped", NO_LIMIT)).toEqual(tasks);
      }),
      { numRuns: 300, maxSkipsPerRun: 200 },
    );
  });
});

/** Finds the squares that share a number of slivers with an area, within rounding, in all its extent. */
function squaresOver(area: MultiPolygon, zoom: number, slivers: number): string[] {
  const extent = boundingBoxOf(area);
  const squares: string[] = [];
  const corner = 2 ** (zoom - 1) - 1;
  for (let y = corner; latitudeOfLine(y, zoom) > extent.south; y++) {
    for (let x = corner; longitudeOfLine(x, zoom) < extent.east; x++) {
      const square = tileArea({ zoom, x, y });
      const rounding = 1e-14 * sharedGround(square, square);
      const least = slivers * SLIVER_SQUARE_DEGREES + Math.sign(slivers - 1) * rounding;
      if (sharedGround(area, square) > least) squares.push(`${x}/${y}`);
    }
  }
  return squares;
}

/** The ground, in square degrees, that an area shares with a square: each ring clipped after Sutherland and Hodgman. */
function sharedGround(area: MultiPolygon, square: MultiPolygon): number {
  const { west, south, east, north } = boundingBoxOf(square);
  let total = 0;
  for (const ring of areaToGeoJson(area).coordinates.flat()) {
    let clipped: Ring = ring.slice(1);
    for (const [axis, sign, line] of [
      [0, 1, west],
      [0, -1, east],
      [1, 1, south],
      [1, -1, north],
    ] as const) {
      clipped = clipped.flatMap((b, i) => {
        const a = clipped.at(i - 1) as [number, number];
        const [da, db] = [sign * (a[axis] - line), sign * (b[axis] - line)];
        const part = da / (da - db);
        const at: [number, number] = [a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1])];
        if (db >= 0) return da < 0 ? [at, b] : [b];
        return da >= 0 ? [at] : [];
      });
    }
    for (const [i, [x, y]] of clipped.entries()) {
      const [px, py] = clipped.at(i - 1) as [number, number];
      total += ((px - west) * (y - south) - (x - west) * (py - south)) / 2;
    }
  }
  return total;
}

function isWithin(piece: MultiPolygon, square: MultiPolygon): boolean {
  const [a, b] = [boundingBoxOf(piece), boundingBoxOf(square)];
  return a.west >= b.west && a.south >= b.south && a.east <= b.east && a.north <= b.north;
}

function validArea(coordinates: Ring[][]): MultiPolygon | undefined {
  try {
    const area = areaFromGeoJson({ type: "MultiPolygon", coordinates });
    checkArea(area);
    return area;
  } catch {
    return undefined;
  }
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

function closed(ring: Ring): Ring {
  return [...ring, ring[0] as [number, number]];
}
