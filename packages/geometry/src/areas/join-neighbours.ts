import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import Flatbush from "flatbush";
import { areaOfRings } from "./area-of-rings.ts";
import { addEdge, noEdges, ringsOfEdges } from "./edges.ts";
import { type Outline, outlineOf } from "./outline.ts";

/** Borders that lie nearer together are one, in degrees: a centimetre, the precision of OpenStreetMap. */
const REACH_DEGREES = 1e-7;

/** The number of pairs of a vertex and an edge that are compared at most; beyond it nothing is joined. */
const MOST_PAIRS = 20_000_000;

/**
 * Joins polygons that have an edge or part of one in common, but no ground. The polygons must be valid, each by itself.
 * Returns the same area where none have. What overlaps still overlaps afterwards: this is for `checkArea` to find.
 *
 * Each edge is led through all vertices next to it, so that common borders consist of equal edges that run against each
 * other. Those are left away; what remains bounds the same ground.
 */
export function joinNeighbours(area: MultiPolygon): MultiPolygon {
  if (area.polygonLengths.length < 2) return area;
  const outline = outlineOf(area);
  const pairs = pairsOf(outline);
  if (pairs === undefined) return area;
  const { kept, family } = withoutBorders(outline, pairs);
  if (pairs.along.size === 0 && family.every((elder, polygon) => elder === polygon)) return area;
  const { x, y } = outline;
  const edges = noEdges();
  for (const { from, to, polygon } of kept) {
    const at = [x[from], y[from], x[to], y[to]] as [number, number, number, number];
    addEdge(edges, eldest(family, polygon), ...at);
  }
  return areaOfRings(ringsOfEdges(edges)) ?? area;
}

/** What lies next to what. */
interface Pairs {
  /** For each vertex the first one that lies at its point, which stands for it. */
  first: Int32Array;
  /** The vertices next to an edge, between its ends. */
  along: Map<number, number[]>;
}

/** Finds the vertices that lie at one point, and those that lie along edges; undefined if it is too much. */
function pairsOf(outline: Outline): Pairs | undefined {
  const { x, y, next, count } = outline;
  const index = new Flatbush(count);
  for (let v = 0; v < count; v++) {
    const w = next[v] as number;
    const [x1, y1, x2, y2] = [x[v], y[v], x[w], y[w]] as [number, number, number, number];
    index.add(Math.min(x1, x2), Math.min(y1, y2), Math.max(x1, x2), Math.max(y1, y2));
  }
  index.finish();
  let pairs = 0;
  const visit = (vertex: number, reach: number, see: (edge: number) => void) => {
    const [px, py] = [x[vertex], y[vertex]] as [number, number];
    index.search(px - reach, py - reach, px + reach, py + reach, (edge) => {
      pairs += 1;
      see(edge);
      return false;
    });
    return pairs <= MOST_PAIRS;
  };
  const first = new Int32Array(count).map((_, v) => v);
  for (let v = 0; v < count; v++) {
    let nearest = REACH_DEGREES;
    const isWithin = visit(v, REACH_DEGREES, (other) => {
      const standing = first[other] as number;
      const distance = Math.hypot(
        (x[standing] as number) - (x[v] as number),
        (y[standing] as number) - (y[v] as number),
      );
      if (other >= v || distance > nearest) return;
      nearest = distance;
      first[v] = standing;
    });
    if (!isWithin) return undefined;
  }
  const along = new Map<number, number[]>();
  for (let v = 0; v < count; v++) {
    if (first[v] !== v) continue;
    // The ends of an edge are up to one reach away from the points that stand for them.
    const isWithin = visit(v, 2 * REACH_DEGREES, (edge) => {
      if (!liesAlong(outline, first, edge, v)) return;
      const there = along.get(edge);
      if (there) there.push(v);
      else along.set(edge, [v]);
    });
    if (!isWithin) return undefined;
  }
  return { first, along };
}

function liesAlong({ x, y, next }: Outline, first: Int32Array, edge: number, vertex: number): boolean {
  const a = first[edge] as number;
  const b = first[next[edge] as number] as number;
  if (a === b || vertex === a || vertex === b) return false;
  const dx = (x[b] as number) - (x[a] as number);
  const dy = (y[b] as number) - (y[a] as number);
  const px = (x[vertex] as number) - (x[a] as number);
  const py = (y[vertex] as number) - (y[a] as number);
  const part = dx * px + dy * py;
  const squared = dx * dx + dy * dy;
  return part > 0 && part < squared && Math.abs(dx * py - dy * px) <= REACH_DEGREES * Math.sqrt(squared);
}

interface Edge {
  from: number;
  to: number;
  polygon: number;
}

/** The edges that bound ground on one side only, and which polygons had others in common. */
function withoutBorders(outline: Outline, { first, along }: Pairs): { kept: Edge[]; family: Int32Array } {
  const { ring, polygonOfRing, count, area } = outline;
  const family = new Int32Array(area.polygonLengths.length).map((_, i) => i);
  const edges = new Map<number, Edge[]>();
  const note = (from: number, to: number, polygon: number) => {
    const against = edges.get(to * count + from);
    const other = against?.pop();
    if (other) {
      family[eldest(family, polygon)] = eldest(family, other.polygon);
      return;
    }
    const there = edges.get(from * count + to);
    if (there) there.push({ from, to, polygon });
    else edges.set(from * count + to, [{ from, to, polygon }]);
  };
  for (let edge = 0; edge < count; edge++) {
    const polygon = polygonOfRing[ring[edge] as number] as number;
    let from = first[edge] as number;
    for (const to of inOrder(outline, first, edge, along.get(edge))) {
      if (from !== to) note(from, to, polygon);
      from = to;
    }
  }
  return { kept: [...edges.values()].flat(), family };
}

/** The vertices that an edge leads to: those along it, from its beginning to its end, and the one at its end. */
function inOrder({ x, y, next }: Outline, first: Int32Array, edge: number, along: number[] = []): number[] {
  const a = first[edge] as number;
  const b = first[next[edge] as number] as number;
  const dx = (x[b] as number) - (x[a] as number);
  const dy = (y[b] as number) - (y[a] as number);
  const position = (v: number) =>
    dx * ((x[v] as number) - (x[a] as number)) + dy * ((y[v] as number) - (y[a] as number));
  return [...along.sort((v, w) => position(v) - position(w)), b];
}

/** Polygons that are joined are a family: each names one of it, or itself. */
function eldest(family: Int32Array, polygon: number): number {
  let elder = polygon;
  while (family[elder] !== elder) {
    family[elder] = family[family[elder] as number] as number;
    elder = family[elder] as number;
  }
  return elder;
}
