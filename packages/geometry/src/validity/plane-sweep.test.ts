import { create } from "@bufbuild/protobuf";
import { MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { areaFromGeoJson } from "../areas/geo-json.ts";
import { outlineOf } from "../areas/outline.ts";
import { checkArea } from "./check-area.ts";
import { sweep } from "./plane-sweep.ts";

type Ring = [number, number][];

test("vertices that touch an edge are returned, exactly or within reach", () => {
  const area = create(MultiPolygonSchema, {
    coordinates: [0, 0, 9, 0, 9, 9, 0, 9, 0, 0, 0, 5, 2, 6, 2, 5, 0, 5, 7, 8.9999, 8, 8, 7, 8, 7, 8.9999],
    ringLengths: [5, 4, 4],
    polygonLengths: [3],
  });
  expect(sweep(outlineOf(area))).toEqual([{ edge: 3, vertex: 4 }]);
  expect(sweep(outlineOf(area), 0.001)).toContainEqual({ edge: 2, vertex: 7 });
});

test("a ring passes if no two of its edges meet but in the vertex between them", () => {
  const vertex = fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 5 }));
  fc.assert(
    fc.property(fc.array(vertex, { minLength: 3, maxLength: 8 }), (ring) => {
      const coordinates = [[...ring, ring[0]]];
      expect(passes(coordinates)).toBe(isSimple(ring));
    }),
    { numRuns: 3_000 },
  );
});

function passes(coordinates: unknown): boolean {
  try {
    checkArea(areaFromGeoJson({ type: "Polygon", coordinates }));
    return true;
  } catch {
    return false;
  }
}

/** Compares every edge with every other. */
function isSimple(vertices: Ring): boolean {
  const ring = vertices.filter(([x, y], i) => {
    const [bx, by] = vertices.at(i - 1) as [number, number];
    return x !== bx || y !== by;
  });
  if (ring.length < 3) return false;
  const n = ring.length;
  const edge = (i: number) => [ring[i % n], ring[(i + 1) % n]] as Ring;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const [a, b] = edge(i) as [[number, number], [number, number]];
      const [c, d] = edge(j) as [[number, number], [number, number]];
      if (j === i + 1 || (i === 0 && j === n - 1)) {
        // Neighbours share a vertex, but neither may reach back over the other.
        const [before, after] = j === i + 1 ? [a, d] : [b, c];
        if (isOn(after, [a, b]) || isOn(before, [c, d])) return false;
      } else if (meet(a, b, c, d)) return false;
    }
  }
  return true;
}

function cross([ax, ay]: number[], [bx, by]: number[], [cx, cy]: number[]): number {
  const [px, py, qx, qy, rx, ry] = [ax, ay, bx, by, cx, cy] as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return Math.sign((qx - px) * (ry - py) - (rx - px) * (qy - py));
}

function isOn(p: [number, number], [a, b]: Ring): boolean {
  const [[ax, ay], [bx, by]] = [a, b] as [[number, number], [number, number]];
  const between = (v: number, s: number, t: number) => v >= Math.min(s, t) && v <= Math.max(s, t);
  return cross([ax, ay], [bx, by], p) === 0 && between(p[0], ax, bx) && between(p[1], ay, by);
}

function meet(a: [number, number], b: [number, number], c: [number, number], d: [number, number]): boolean {
  if (isOn(a, [c, d]) || isOn(b, [c, d]) || isOn(c, [a, b]) || isOn(d, [a, b])) return true;
  return cross(a, b, c) * cross(a, b, d) < 0 && cross(c, d, a) * cross(c, d, b) < 0;
}
