import { orientation } from "../areas/orientation.ts";
import type { Outline } from "../areas/outline.ts";
import { crossingFault, faultAt, misplacedFault } from "./sweep-fault.ts";
import { emptyStatus, insert, locate, remove, type SweepStatus } from "./sweep-status.ts";

/** A vertex that lies on an edge between the ends of that edge, or within reach of it. */
export interface Touch {
  vertex: number;
  edge: number;
}

/** How many edges on either side of a vertex, the nearest ones, count as touched because they pass within reach. */
const NEAR_MOST = 8;

/**
 * Sweeps a line over an outline from west to east and refuses the first point where it is no valid area, in the sense
 * of OGC simple features. Returns the touches of vertices and edges, all of which are permitted; those of one vertex
 * at each point suffice. With a reach, in degrees, edges that only pass next to a vertex within it count as touched.
 *
 * After Shamos and Hoey: edges that cross are neighbours on the sweep line before they do, so that only neighbours
 * are compared. Every decision is the exact sign of a determinant of input coordinates. Besides, each edge says by its
 * direction what is above and below it (its polygon, or nothing), and neighbours must say the same of the ground
 * between them: this decides on nesting and overlap for all rings at once.
 */
export function sweep(outline: Outline, reach = 0): Touch[] {
  const { x, y, previous, count } = outline;
  const state = begin(outline, reach);
  const { left, right } = state;
  const order = new Uint32Array(count).map((_, i) => i);
  order.sort((a, b) => (x[a] as number) - (x[b] as number) || (y[a] as number) - (y[b] as number));
  for (let i = 0, end = 1; i < count; i = end++) {
    const vertex = order[i] as number;
    while (end < count && samePoint(outline, vertex, order[end] as number)) end++;
    const before = previous[vertex] as number;
    if (end > i + 1) meet(state, Array.from(order.subarray(i, end)));
    else if (right[before] === vertex && left[vertex] === vertex) advance(state, vertex, before, vertex);
    else if (right[vertex] === vertex && left[before] === vertex) advance(state, vertex, vertex, before);
    else meet(state, [vertex]);
  }
  return state.touches;
}

interface Sweep {
  outline: Outline;
  reach: number;
  status: SweepStatus;
  nodeOf: Int32Array;
  /** The ends of each edge in the order in which the line reaches them. */
  left: Int32Array;
  right: Int32Array;
  /** 1 for each ring that the line has reached. */
  seen: Uint8Array;
  /** Rings that hang together by touching: a forest in which each ring names one above it, or itself. */
  family: Int32Array;
  touches: Touch[];
}

function begin(outline: Outline, reach: number): Sweep {
  const { x, y, next, count } = outline;
  const left = new Int32Array(count);
  const right = new Int32Array(count);
  for (let v = 0; v < count; v++) {
    const w = next[v] as number;
    const dx = (x[w] as number) - (x[v] as number);
    const forward = dx > 0 || (dx === 0 && (y[w] as number) > (y[v] as number));
    left[v] = forward ? v : w;
    right[v] = forward ? w : v;
  }
  const rings = outline.polygonOfRing.length;
  const family = new Int32Array(rings).map((_, i) => i);
  const seen = new Uint8Array(rings);
  const nodeOf = new Int32Array(count);
  return { outline, reach, status: emptyStatus(count), nodeOf, left, right, seen, family, touches: [] };
}

/** The line passes a vertex where one edge ends and one begins: by far the commonest case. */
function advance(state: Sweep, vertex: number, ending: number, starting: number): void {
  const { status, nodeOf } = state;
  const node = nodeOf[ending] as number;
  const below = status.below[node] as number;
  const above = status.above[node] as number;
  if (
    (below !== 0 && side(state, status.edge[below] as number, vertex) === 0) ||
    (above !== 0 && side(state, status.edge[above] as number, vertex) === 0)
  ) {
    meet(state, [vertex]);
    return;
  }
  if (state.reach > 0) noteNear(state, below, above, vertex);
  status.edge[node] = starting;
  nodeOf[starting] = node;
  if (below !== 0) refuseCrossing(state, status.edge[below] as number, starting);
  if (above !== 0) refuseCrossing(state, starting, status.edge[above] as number);
}

/** The line passes a point with any number of vertices, and perhaps an edge that passes through it. */
function meet(state: Sweep, vertices: number[]): void {
  const { status, outline, nodeOf } = state;
  const at = vertices[0] as number;
  const { ending, starting } = edgesAt(state, vertices);
  const { below, above, through } = surroundings(state, at, ending);
  if (through.length > 1) throw crossingFault(outline, through[0] as number, through[1] as number, at);
  const rings = vertices.map((vertex) => outline.ring[vertex] as number);
  for (const edge of through) {
    rings.push(outline.ring[edge] as number);
    state.touches.push({ vertex: at, edge });
  }
  if (state.reach > 0) noteNear(state, below, above, at);
  for (const edge of ending) remove(status, nodeOf[edge] as number);
  let last = below;
  for (const edge of sortUpwards(state, starting, at)) {
    const passing = through[0];
    if (passing !== undefined && status.above[last] === nodeOf[passing]) {
      const where = side(state, passing, state.right[edge] as number);
      if (where === 0) throw crossingFault(outline, passing, edge, at);
      if (where > 0) last = nodeOf[passing] as number;
    }
    last = insert(status, edge, last, status.above[last] as number);
    nodeOf[edge] = last;
  }
  joinFamilies(state, rings, at);
  for (let node = below; ; ) {
    const higher = status.above[node] as number;
    compare(state, node, higher, at);
    if (higher === above) break;
    node = higher;
  }
  for (const ring of rings) state.seen[ring] = 1;
}

function edgesAt(state: Sweep, vertices: number[]): { ending: number[]; starting: number[] } {
  const ending: number[] = [];
  const starting: number[] = [];
  for (const vertex of vertices) {
    const before = state.outline.previous[vertex] as number;
    (state.right[before] === vertex ? ending : starting).push(before);
    (state.right[vertex] === vertex ? ending : starting).push(vertex);
  }
  return { ending, starting };
}

/** The nodes next to a point on either side, and the edges between them that pass through the point. */
function surroundings(
  state: Sweep,
  at: number,
  ending: number[],
): { below: number; above: number; through: number[] } {
  const { status, nodeOf } = state;
  let start: number;
  if (ending.length > 0) start = nodeOf[ending[0] as number] as number;
  else {
    const found = locate(status, (edge) => side(state, edge, at));
    if (found.on === 0) return { below: found.below, above: found.above, through: [] };
    start = found.on;
  }
  const meets = (node: number) => node !== 0 && side(state, status.edge[node] as number, at) === 0;
  let below = start;
  do below = status.below[below] as number;
  while (meets(below));
  let above = start;
  do above = status.above[above] as number;
  while (meets(above));
  const through: number[] = [];
  for (let node = status.above[below] as number; node !== above; node = status.above[node] as number) {
    const edge = status.edge[node] as number;
    if (!samePoint(state.outline, state.right[edge] as number, at)) through.push(edge);
  }
  return { below, above, through };
}

/** Notes that rings meet in a point. A ring may not meet itself, nor two of a polygon hang together twice. */
function joinFamilies(state: Sweep, rings: number[], at: number): void {
  const { outline, family } = state;
  const firstOf = new Map<number, number>();
  const met = new Set<number>();
  const eldest = (ring: number) => {
    let elder = ring;
    while (family[elder] !== elder) {
      family[elder] = family[family[elder] as number] as number;
      elder = family[elder] as number;
    }
    return elder;
  };
  for (const ring of rings) {
    if (met.has(ring)) throw faultAt(outline, "ring-touches-itself", at);
    met.add(ring);
    const polygon = outline.polygonOfRing[ring] as number;
    const first = firstOf.get(polygon);
    if (first === undefined) firstOf.set(polygon, ring);
    else if (eldest(first) === eldest(ring)) throw faultAt(outline, "interior-disconnected", at);
    else family[eldest(ring)] = eldest(first);
  }
}

function noteNear(state: Sweep, below: number, above: number, vertex: number): void {
  const { below: lower, above: higher } = state.status;
  for (const [first, further] of [
    [below, lower],
    [above, higher],
  ] as const) {
    let node = first;
    for (let found = 0; found < NEAR_MOST && node !== 0 && isNear(state, node, vertex); found++) {
      state.touches.push({ vertex, edge: state.status.edge[node] as number });
      node = further[node] as number;
    }
  }
}

function isNear(state: Sweep, node: number, vertex: number): boolean {
  const { x, y } = state.outline;
  const edge = state.status.edge[node] as number;
  const a = state.left[edge] as number;
  const b = state.right[edge] as number;
  const length = Math.hypot((x[b] as number) - (x[a] as number), (y[b] as number) - (y[a] as number));
  return Math.abs(side(state, edge, vertex)) <= state.reach * length;
}

/** Sorts edges that start in one point, from the lowest to the highest. */
function sortUpwards(state: Sweep, edges: number[], at: number): number[] {
  const { x, y } = state.outline;
  return edges.sort((a, b) => {
    const p = state.right[a] as number;
    const q = state.right[b] as number;
    const angle = orientation(
      x[at] as number,
      y[at] as number,
      x[q] as number,
      y[q] as number,
      x[p] as number,
      y[p] as number,
    );
    if (angle === 0 && a !== b) throw crossingFault(state.outline, a, b, at);
    return angle;
  });
}

/** Compares two neighbours, the lower one first; 0 stands for the end of the line. */
function compare(state: Sweep, lower: number, higher: number, at: number): void {
  const { status } = state;
  const a = status.edge[lower] as number;
  const b = status.edge[higher] as number;
  if (lower !== 0 && higher !== 0) refuseCrossing(state, a, b);
  const above = lower === 0 || state.left[a] !== a ? 0 : polygonOf(state, a) + 1;
  const below = higher === 0 || state.left[b] === b ? 0 : polygonOf(state, b) + 1;
  if (above === below) return;
  throw misplacedFault(state.outline, state.seen, lower === 0 ? b : a, higher === 0 ? a : b, at);
}

/** Of two neighbours, the one that ends first must end on its side of the other, or on it. */
function refuseCrossing(state: Sweep, lower: number, higher: number): void {
  const { x, y } = state.outline;
  const p = state.right[lower] as number;
  const q = state.right[higher] as number;
  const ahead = (x[q] as number) - (x[p] as number) || (y[q] as number) - (y[p] as number);
  if ((ahead > 0 && side(state, higher, p) > 0) || (ahead < 0 && side(state, lower, q) < 0)) {
    throw crossingFault(state.outline, lower, higher);
  }
}

/** Positive if a vertex lies above an edge, negative if below, 0 if on it. */
function side(state: Sweep, edge: number, vertex: number): number {
  const { x, y } = state.outline;
  const a = state.left[edge] as number;
  const b = state.right[edge] as number;
  return orientation(
    x[a] as number,
    y[a] as number,
    x[b] as number,
    y[b] as number,
    x[vertex] as number,
    y[vertex] as number,
  );
}

function samePoint({ x, y }: Outline, a: number, b: number): boolean {
  return x[a] === x[b] && y[a] === y[b];
}

function polygonOf({ outline }: Sweep, edge: number): number {
  return outline.polygonOfRing[outline.ring[edge] as number] as number;
}
