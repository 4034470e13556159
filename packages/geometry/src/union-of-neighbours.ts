import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { areaOfRings } from "./area-of-rings.ts";
import { outlineOf } from "./outline.ts";
import type { Positions } from "./trace-faces.ts";

/** Edges from (ax, ay) to (bx, by), one after the other. */
interface Edges {
  ax: number[];
  ay: number[];
  bx: number[];
  by: number[];
}

/**
 * Joins areas that share no ground and whose common borders run along parallels and meridians, as what was cut along
 * lines does. Vertices stay, also those where a border met the edge, so that others still meet them there. Answers
 * undefined if the areas have no ground.
 */
export function unionOfNeighbours(areas: readonly MultiPolygon[]): MultiPolygon | undefined {
  const kept: Edges = { ax: [], ay: [], bx: [], by: [] };
  const parallels = new Map<number, [number, number][]>();
  const meridians = new Map<number, [number, number][]>();
  for (const area of areas) {
    const { x, y, next, count } = outlineOf(area);
    for (let from = 0; from < count; from++) {
      const to = next[from] as number;
      const [ax, ay, bx, by] = [x[from], y[from], x[to], y[to]] as [number, number, number, number];
      if (ay === by) note(parallels, ay, ax, bx);
      else if (ax === bx) note(meridians, ax, ay, by);
      else push(kept, ax, ay, bx, by);
    }
  }
  for (const [y, edges] of parallels) for (const [a, b] of withoutBorders(edges)) push(kept, a, y, b, y);
  for (const [x, edges] of meridians) for (const [a, b] of withoutBorders(edges)) push(kept, x, a, x, b);
  return areaOfRings(ringsOf(kept));
}

function note(lines: Map<number, [number, number][]>, line: number, from: number, to: number): void {
  const edges = lines.get(line);
  if (edges) edges.push([from, to]);
  else lines.set(line, [[from, to]]);
}

function push({ ax, ay, bx, by }: Edges, fromX: number, fromY: number, toX: number, toY: number): void {
  ax.push(fromX);
  ay.push(fromY);
  bx.push(toX);
  by.push(toY);
}

/** Of edges along one line, those parts that have ground on one side only: where two run against each other, none. */
function* withoutBorders(edges: [number, number][]): Generator<[number, number]> {
  const knots = Float64Array.from(new Set(edges.flat())).sort();
  const net = new Int32Array(knots.length + 1);
  const placeOf = new Map(Array.from(knots, (knot, i) => [knot, i]));
  for (const [from, to] of edges) {
    const direction = to > from ? 1 : -1;
    net[placeOf.get(Math.min(from, to)) as number] =
      (net[placeOf.get(Math.min(from, to)) as number] as number) + direction;
    net[placeOf.get(Math.max(from, to)) as number] =
      (net[placeOf.get(Math.max(from, to)) as number] as number) - direction;
  }
  let direction = 0;
  for (let i = 0; i + 1 < knots.length; i++) {
    direction += net[i] as number;
    const [low, high] = [knots[i] as number, knots[i + 1] as number];
    if (direction > 0) yield [low, high];
    else if (direction < 0) yield [high, low];
  }
}

/** Chains edges to rings, in whatever way: at each point as many begin as end. */
function ringsOf({ ax, ay, bx, by }: Edges): Positions {
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
      edge = there?.find((next) => isUsed[next] === 0);
    }
    rings.ends.push(rings.x.length);
    rings.polygons.push(0);
  }
  return rings;
}
