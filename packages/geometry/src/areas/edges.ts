import type { Positions } from "./trace-faces.ts";

/** Edges from (ax, ay) to (bx, by), one after the other, each of the boundary of one polygon. */
export interface Edges {
  ax: number[];
  ay: number[];
  bx: number[];
  by: number[];
  polygon: number[];
}

export function noEdges(): Edges {
  return { ax: [], ay: [], bx: [], by: [], polygon: [] };
}

export function addEdge(edges: Edges, polygon: number, ax: number, ay: number, bx: number, by: number): void {
  edges.ax.push(ax);
  edges.ay.push(ay);
  edges.bx.push(bx);
  edges.by.push(by);
  edges.polygon.push(polygon);
}

/** Chains edges to rings, in whatever way: at each point as many of a polygon begin as end. */
export function ringsOfEdges({ ax, ay, bx, by, polygon }: Edges): Positions {
  const leaving = new Map<number, Map<number, number[]>>();
  for (let edge = 0; edge < ax.length; edge++) {
    const column = leaving.get(ax[edge] as number) ?? new Map<number, number[]>();
    leaving.set(ax[edge] as number, column);
    const there = column.get(ay[edge] as number);
    if (there) there.push(edge);
    else column.set(ay[edge] as number, [edge]);
  }
  const rings: Positions = { x: [], y: [], ends: [], polygons: [] };
  const isUsed = new Uint8Array(ax.length);
  for (let first = 0; first < ax.length; first++) {
    if (isUsed[first] === 1) continue;
    for (let edge: number | undefined = first; edge !== undefined; ) {
      isUsed[edge] = 1;
      rings.x.push(ax[edge] as number);
      rings.y.push(ay[edge] as number);
      const there: number[] | undefined = leaving.get(bx[edge] as number)?.get(by[edge] as number);
      edge = there?.find((next) => isUsed[next] === 0 && polygon[next] === polygon[first]);
    }
    rings.ends.push(rings.x.length);
    rings.polygons.push(polygon[first] as number);
  }
  return rings;
}
