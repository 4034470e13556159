import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import Flatbush from "flatbush";
import type { GeometryFault } from "../areas/geometry-fault.ts";
import { orientation } from "../areas/orientation.ts";
import { type Outline, outlineOf } from "../areas/outline.ts";
import { crossingFault } from "./sweep-fault.ts";

/** At most this many pairs of edges are compared: 10 ms and more for a scribble, in which every edge crosses many. */
const MOST_PAIRS = 500_000;

/** Finds points where edges of a polygon cross each other in their midst, up to `most`. */
export function findCrossings(polygon: MultiPolygon, most: number): GeometryFault[] {
  const outline = outlineOf(polygon);
  const { x, y, next, count } = outline;
  if (count === 0 || most <= 0) return [];
  const index = new Flatbush(count);
  for (let v = 0; v < count; v++) {
    const w = next[v] as number;
    const [x1, y1, x2, y2] = [x[v], y[v], x[w], y[w]] as [number, number, number, number];
    index.add(Math.min(x1, x2), Math.min(y1, y2), Math.max(x1, x2), Math.max(y1, y2));
  }
  index.finish();
  const faults: GeometryFault[] = [];
  let pairs = 0;
  for (let v = 0; v < count && faults.length < most && pairs < MOST_PAIRS; v++) {
    const w = next[v] as number;
    const [x1, y1, x2, y2] = [x[v], y[v], x[w], y[w]] as [number, number, number, number];
    index.search(Math.min(x1, x2), Math.min(y1, y2), Math.max(x1, x2), Math.max(y1, y2), (other) => {
      pairs += 1;
      if (other > v && faults.length < most && cross(outline, v, other)) {
        faults.push(crossingFault(outline, v, other));
      }
      return false;
    });
  }
  return faults;
}

/** Whether two edges have one point in common that is an end of neither. */
function cross(outline: Outline, a: number, b: number): boolean {
  const { next } = outline;
  const [p, q] = [next[a] as number, next[b] as number];
  return (
    side(outline, a, p, b) * side(outline, a, p, q) < 0 && side(outline, b, q, a) * side(outline, b, q, p) < 0
  );
}

function side({ x, y }: Outline, from: number, to: number, vertex: number): number {
  return Math.sign(
    orientation(
      x[from] as number,
      y[from] as number,
      x[to] as number,
      y[to] as number,
      x[vertex] as number,
      y[vertex] as number,
    ),
  );
}
