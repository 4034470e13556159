import fc from "fast-check";
import { expect, test } from "vitest";
import { areaFromGeoJson, areaToGeoJson } from "../areas/geo-json.ts";
import { beyondIn, groundOf, sharedIn } from "../grids/ground.ts";
import { squareArea } from "../grids/tile.ts";
import { checkArea } from "./check-area.ts";
import type { Box } from "./clipped-edges.ts";

type Area = ReturnType<typeof areaFromGeoJson>;
type Point = [number, number];

const coordinate = fc.integer({ min: 0, max: 7 });
const ring = fc.array(fc.tuple(coordinate, coordinate), { minLength: 3, maxLength: 7 });
/** Valid areas on a small lattice, with holes and several polygons among them, at times moved by next to nothing. */
const areas = fc
  .tuple(
    fc.array(fc.array(ring, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 2 }),
    fc.constantFrom(0, 1e-13, 0.25),
  )
  .map(([polygons, shift]) =>
    validArea(
      polygons.map((rings) =>
        rings.map((points) => points.map(([x, y]): Point => [x + shift, y - shift / 3])),
      ),
    ),
  )
  .filter((area) => area !== undefined);
const boxes = fc
  .tuple(
    coordinate,
    coordinate,
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 1, max: 9 }),
    fc.constantFrom(0, 0.3),
  )
  .map(([west, south, width, height, off]): Box => {
    return { west: west - off, south: south + off, east: west + width, north: south + height + off };
  });

test("the ground that two areas share in a box is what slab by slab gives", () => {
  fc.assert(
    fc.property(areas, areas, boxes, (a, b, box) => {
      const [groundA, groundB] = [groundOf(a), groundOf(b)];
      const window = areaFromGeoJson({ type: "Polygon", coordinates: [cornersOf(box)] });
      const shared = sharedBySlabs([a, b, window]);
      expect(sharedIn(groundA, groundB, box)).toBeCloseTo(shared, 10);
      expect(sharedIn(groundB, groundA, box)).toBeCloseTo(shared, 10);
      expect(beyondIn(groundA, groundB, box)).toBeCloseTo(sharedBySlabs([a, window]) - shared, 10);
      expect(groundA.squareDegrees).toBeCloseTo(sharedBySlabs([a]), 10);
    }),
    { numRuns: 1_000 },
  );
});

test("an index of edges changes nothing", () => {
  const circle = (vertices: number, x: number) =>
    areaFromGeoJson({
      type: "Polygon",
      coordinates: [
        Array.from({ length: vertices + 1 }, (_, i) => {
          const angle = (2 * Math.PI * (i % vertices)) / vertices;
          return [x + Math.cos(angle), Math.sin(angle)];
        }),
      ],
    });
  const [a, b] = [circle(500, 0), circle(300, 0.7)];
  const box = { west: -0.2, south: -0.9, east: 0.8, north: 0.1 };
  const window = areaFromGeoJson({ type: "Polygon", coordinates: [cornersOf(box)] });
  expect(sharedIn(groundOf(a), groundOf(b), box)).toBeCloseTo(sharedBySlabs([a, b, window]), 9);
});

test("edges that are all but upright, and next to nothing, count for what they are", () => {
  const area = areaFromGeoJson({
    type: "Polygon",
    coordinates: [
      [
        [1e-320, 0],
        [1, 0],
        [1 + 2 ** -52, 1],
        [0, 1],
        [5e-324, 0.5],
        [1e-320, 0],
      ],
    ],
  });
  const other = groundOf(squareArea(-1, -1, 1e-320, 2));
  const ground = groundOf(area);
  expect(sharedIn(ground, ground, ground.box)).toBeCloseTo(1, 12);
  expect(sharedIn(ground, other, ground.box)).toBe(0);
  expect(beyondIn(ground, other, ground.box)).toBeCloseTo(1, 12);
});

/**
 * Cuts the plane into slabs at each vertex and crossing. Within a slab nothing crosses, so that the stretches at its
 * middle, taken by even and odd, times its width are its ground.
 */
function sharedBySlabs(all: Area[]): number {
  const edges = all.map((area) =>
    areaToGeoJson(area)
      .coordinates.flat()
      .flatMap((points) => points.slice(1).map((to, i) => [points[i], to] as [Point, Point])),
  );
  const every = edges.flat();
  const lines = new Set(every.flat().map(([x]) => x));
  for (const [[ax, ay], [bx, by]] of every) {
    for (const [[cx, cy], [dx, dy]] of every) {
      const across = (bx - ax) * (dy - cy) - (by - ay) * (dx - cx);
      if (across === 0) continue;
      const part = ((cx - ax) * (dy - cy) - (cy - ay) * (dx - cx)) / across;
      if (part > 0 && part < 1) lines.add(ax + part * (bx - ax));
    }
  }
  const sorted = [...lines].sort((p, q) => p - q);
  let total = 0;
  for (const [i, east] of sorted.entries()) {
    const west = sorted[i - 1];
    if (west === undefined || east - west < 1e-15) continue;
    const x = (west + east) / 2;
    const stretches = edges.map((each) =>
      each
        .filter(([[ax], [bx]]) => ax > x !== bx > x)
        .map(([[ax, ay], [bx, by]]) => ay + ((by - ay) * (x - ax)) / (bx - ax))
        .sort((p, q) => p - q),
    );
    const steps = [...new Set(stretches.flat())].sort((p, q) => p - q);
    for (const [j, top] of steps.entries()) {
      const bottom = steps[j - 1] ?? top;
      const isIn = (each: number[]) => each.filter((y) => y <= (bottom + top) / 2).length % 2 === 1;
      if (stretches.every(isIn)) total += (top - bottom) * (east - west);
    }
  }
  return total;
}

function cornersOf({ west, south, east, north }: Box): Point[] {
  return [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ];
}

function validArea(polygons: Point[][][]): Area | undefined {
  try {
    const coordinates = polygons.map((rings) => rings.map((points) => [...points, points[0]]));
    const area = areaFromGeoJson({ type: "MultiPolygon", coordinates });
    checkArea(area);
    return area;
  } catch {
    return undefined;
  }
}
