import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import Flatbush from "flatbush";
import { boundingBoxOf } from "../areas/measure.ts";
import { type Outline, outlineOf } from "../areas/outline.ts";
import {
  addClipped,
  type Box,
  type ClippedEdges,
  groundBelow,
  groundBelowBoth,
  noEdges,
} from "../validity/clipped-edges.ts";

/** From this number of vertices on an area has an index of its edges. */
const INDEXED_VERTICES = 64;

/** A valid area, made ready to be compared with others. */
export interface Ground {
  box: Box;
  squareDegrees: number;
  outline: Outline;
  index: Flatbush | undefined;
}

/** Makes an area that `checkArea` lets pass ready to be compared with others. */
export function groundOf(area: MultiPolygon): Ground {
  const outline = outlineOf(area);
  const { x, y, next, count } = outline;
  let index: Flatbush | undefined;
  if (count >= INDEXED_VERTICES) {
    index = new Flatbush(count);
    for (let v = 0; v < count; v++) {
      const w = next[v] as number;
      const [ax, ay, bx, by] = [x[v], y[v], x[w], y[w]] as [number, number, number, number];
      index.add(Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by));
    }
    index.finish();
  }
  const ground = { box: boundingBoxOf(area), squareDegrees: 0, outline, index };
  return { ...ground, squareDegrees: groundBelow(edgesIn(ground, ground.box)) };
}

/** The ground that two areas share within a box, in square degrees. */
export function sharedIn(a: Ground, b: Ground, box: Box): number {
  return groundBelowBoth(edgesIn(a, box), edgesIn(b, box));
}

/** The ground that an area has within a box and another one has not, in square degrees. */
export function beyondIn(a: Ground, b: Ground, box: Box): number {
  const edges = edgesIn(a, box);
  return groundBelow(edges) - groundBelowBoth(edges, edgesIn(b, box));
}

function edgesIn({ outline, index }: Ground, box: Box): ClippedEdges {
  const { x, y, next, count } = outline;
  const edges = noEdges();
  const add = (v: number) => {
    const w = next[v] as number;
    addClipped(edges, box, x[v] as number, y[v] as number, x[w] as number, y[w] as number);
  };
  if (index) for (const v of index.search(box.west, box.south, box.east, Infinity)) add(v);
  else for (let v = 0; v < count; v++) add(v);
  return edges;
}
