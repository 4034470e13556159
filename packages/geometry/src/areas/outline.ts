import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";

/**
 * The rings of an area as cycles of vertices, without closing positions and without positions that repeat the one
 * before. Vertex v is also the name of the edge from v to `next[v]`. Rings with fewer than three vertices are possible.
 */
export interface Outline {
  area: MultiPolygon;
  count: number;
  x: Float64Array;
  y: Float64Array;
  next: Int32Array;
  previous: Int32Array;
  /** The ring of each vertex, counted over the whole area. */
  ring: Int32Array;
  /** Where each vertex stands among the positions of the area. */
  position: Int32Array;
  /** The first vertex of each ring, and after the last ring the number of vertices. */
  firstOfRing: Int32Array;
  polygonOfRing: Int32Array;
  /** 1 for each ring that is a hole. */
  hole: Uint8Array;
}

/** Makes the outline of an area whose lengths agree with each other and whose rings are closed. */
export function outlineOf(area: MultiPolygon): Outline {
  const { coordinates, ringLengths, polygonLengths } = area;
  const most = coordinates.length / 2;
  const x = new Float64Array(most);
  const y = new Float64Array(most);
  const next = new Int32Array(most);
  const previous = new Int32Array(most);
  const ring = new Int32Array(most);
  const position = new Int32Array(most);
  const firstOfRing = new Int32Array(ringLengths.length + 1);
  let count = 0;
  let at = 0;
  for (let r = 0; r < ringLengths.length; r++) {
    const first = count;
    firstOfRing[r] = first;
    const last = at + (ringLengths[r] as number) - 1;
    for (; at < last; at++) {
      const longitude = coordinates[2 * at] as number;
      const latitude = coordinates[2 * at + 1] as number;
      if (longitude === coordinates[2 * at + 2] && latitude === coordinates[2 * at + 3]) continue;
      x[count] = longitude;
      y[count] = latitude;
      ring[count] = r;
      position[count] = at;
      next[count] = count + 1;
      previous[count] = count - 1;
      count++;
    }
    at++;
    if (count > first) {
      next[count - 1] = first;
      previous[first] = count - 1;
    }
  }
  firstOfRing[ringLengths.length] = count;
  const { polygonOfRing, hole } = membership(ringLengths.length, polygonLengths);
  return { area, count, x, y, next, previous, ring, position, firstOfRing, polygonOfRing, hole };
}

function membership(
  rings: number,
  polygonLengths: number[],
): { polygonOfRing: Int32Array; hole: Uint8Array } {
  const polygonOfRing = new Int32Array(rings);
  const hole = new Uint8Array(rings);
  let ring = 0;
  for (let polygon = 0; polygon < polygonLengths.length; polygon++) {
    for (let i = 0; i < (polygonLengths[polygon] as number); i++, ring++) {
      polygonOfRing[ring] = polygon;
      hole[ring] = i === 0 ? 0 : 1;
    }
  }
  return { polygonOfRing, hole };
}
