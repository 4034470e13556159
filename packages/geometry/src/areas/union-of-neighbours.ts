import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { areaOfRings } from "./area-of-rings.ts";
import { addEdge, noEdges, ringsOfEdges } from "./edges.ts";
import { outlineOf } from "./outline.ts";

/**
 * Joins areas that share no ground and whose common borders run along parallels and meridians, as what was cut along
 * lines does. Vertices stay, also those where a border met the edge, so that others still meet them there. Returns
 * undefined if the areas have no ground.
 */
export function unionOfNeighbours(areas: readonly MultiPolygon[]): MultiPolygon | undefined {
  const kept = noEdges();
  const parallels = new Map<number, [number, number][]>();
  const meridians = new Map<number, [number, number][]>();
  for (const area of areas) {
    const { x, y, next, count } = outlineOf(area);
    for (let from = 0; from < count; from++) {
      const to = next[from] as number;
      const [ax, ay, bx, by] = [x[from], y[from], x[to], y[to]] as [number, number, number, number];
      if (ay === by) note(parallels, ay, ax, bx);
      else if (ax === bx) note(meridians, ax, ay, by);
      else addEdge(kept, 0, ax, ay, bx, by);
    }
  }
  for (const [y, edges] of parallels)
    for (const [a, b] of withoutBorders(edges)) addEdge(kept, 0, a, y, b, y);
  for (const [x, edges] of meridians)
    for (const [a, b] of withoutBorders(edges)) addEdge(kept, 0, x, a, x, b);
  return areaOfRings(ringsOfEdges(kept));
}

function note(lines: Map<number, [number, number][]>, line: number, from: number, to: number): void {
  const edges = lines.get(line);
  if (edges) edges.push([from, to]);
  else lines.set(line, [[from, to]]);
}

/** Of edges along one line, those parts that have ground on one side only: where two run against each other, none. */
function* withoutBorders(edges: [number, number][]): Generator<[number, number]> {
  const knots = Float64Array.from(new Set(edges.flat())).sort();
  const net = new Int32Array(knots.length + 1);
  const indexOf = new Map(Array.from(knots, (knot, i) => [knot, i]));
  for (const [from, to] of edges) {
    const direction = to > from ? 1 : -1;
    net[indexOf.get(Math.min(from, to)) as number] =
      (net[indexOf.get(Math.min(from, to)) as number] as number) + direction;
    net[indexOf.get(Math.max(from, to)) as number] =
      (net[indexOf.get(Math.max(from, to)) as number] as number) - direction;
  }
  let direction = 0;
  for (let i = 0; i + 1 < knots.length; i++) {
    direction += net[i] as number;
    const [low, high] = [knots[i] as number, knots[i + 1] as number];
    if (direction > 0) yield [low, high];
    else if (direction < 0) yield [high, low];
  }
}
