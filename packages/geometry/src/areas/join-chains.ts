import { orientation } from "./orientation.ts";
import type { RingEdges, Rings } from "./rings.ts";

/** Crossings of a line that lie nearer together than this, in degrees, are put in order by exact arithmetic. */
const NEARLY_EQUAL_DEGREES = 1e-12;

/** A part of a ring inside the strip, from where it enters to where it leaves, both included. */
interface Chain {
  polygon: number;
  along: number[];
  cut: number[];
  /** The chain that begins where the boundary continues after this one, along a line of the strip. */
  next: Chain | undefined;
  joined: boolean;
}

/** Where a chain meets a line of the strip. */
interface Crossing {
  chain: Chain;
  edge: number;
  along: number;
  enters: boolean;
}

/** What is known of a strip while it is cut. */
interface Strip {
  edges: RingEdges;
  low: number;
  high: number;
  chains: Chain[];
  atLow: Crossing[];
  atHigh: Crossing[];
}

/**
 * Cuts rings to the open strip between two lines. Where a ring leaves the strip, the boundary follows the line to the
 * next place where one enters, with the inside of the area on its left. Rings may come out that meet a point more than
 * once; none runs along itself.
 *
 * @param bucket the edges that run through the strip, in the order of the rings
 */
export function joinChains(edges: RingEdges, bucket: Int32Array, low: number, high: number): Rings {
  const result: Rings = { along: [], cut: [], ends: [], polygons: [] };
  const strip: Strip = { edges, low, high, chains: [], atLow: [], atHigh: [] };
  for (let from = 0, to = 0; from < bucket.length; from = to) {
    const ring = edges.ringOf[bucket[from] as number] as number;
    while (to < bucket.length && edges.ringOf[bucket[to] as number] === ring) to++;
    const run = bucket.subarray(from, to);
    const start = run.findIndex((edge) => !isInside(strip, edge));
    if (start < 0) copyRing(edges, run, edges.polygons[ring] as number, result);
    else collectChains(strip, run, start, edges.polygons[ring] as number);
  }
  pairUp(edges, strip.atLow, false);
  pairUp(edges, strip.atHigh, true);
  for (const chain of strip.chains) if (!chain.joined) writeRing(chain, result);
  return result;
}

function isInside({ edges, low, high }: Strip, vertex: number): boolean {
  const value = edges.cut[vertex] as number;
  return value > low && value < high;
}

function copyRing(edges: RingEdges, run: Int32Array, polygon: number, result: Rings): void {
  const from = result.along.length;
  for (const vertex of run) push(result, from, edges.along[vertex] as number, edges.cut[vertex] as number);
  result.ends.push(result.along.length);
  result.polygons.push(polygon);
}

/** Splits the edges of a ring into chains, beginning with an edge that starts outside the strip, or on a line of it. */
function collectChains(strip: Strip, run: Int32Array, start: number, polygon: number): void {
  const { along, cut, next } = strip.edges;
  let chain: Chain | undefined;
  for (let i = 0; i < run.length; i++) {
    const edge = run[(start + i) % run.length] as number;
    const end = next[edge] as number;
    if (chain === undefined) {
      chain = { polygon, along: [], cut: [], next: undefined, joined: false };
      strip.chains.push(chain);
      cross(strip, chain, edge, edge);
    }
    if (isInside(strip, end)) {
      chain.along.push(along[end] as number);
      chain.cut.push(cut[end] as number);
    } else {
      cross(strip, chain, edge, end);
      chain = undefined;
    }
  }
}

/** Notes where an edge crosses the line on the side of `outside`, which is the end of it that lies there. */
function cross(strip: Strip, chain: Chain, edge: number, outside: number): void {
  const isLow = (strip.edges.cut[outside] as number) <= strip.low;
  const line = isLow ? strip.low : strip.high;
  const along = crossingOf(strip.edges, edge, line);
  chain.along.push(along);
  chain.cut.push(line);
  (isLow ? strip.atLow : strip.atHigh).push({ chain, edge, along, enters: outside === edge });
}

/**
 * Where an edge meets a line: its own end if that lies on the line, and always between its ends. An edge that runs
 * back along another meets the line where that does, to the last digit.
 */
function crossingOf({ along, cut, next }: RingEdges, edge: number, line: number): number {
  const end = next[edge] as number;
  const [low, high] = (cut[edge] as number) < (cut[end] as number) ? [edge, end] : [end, edge];
  const from = along[low] as number;
  const to = along[high] as number;
  if (cut[low] === line) return from;
  if (cut[high] === line) return to;
  const part = (to - from) * (line - (cut[low] as number));
  const where = from + part / ((cut[high] as number) - (cut[low] as number));
  return Math.min(Math.max(where, Math.min(from, to)), Math.max(from, to));
}

/**
 * Joins the chains that leave at a line to those that enter there. From west to east, each stretch of a line that lies
 * inside the area begins and ends with a crossing. At the low line the boundary runs along it eastwards, from a chain
 * that leaves to one that enters; at the high line westwards, so that there the one that enters comes first.
 */
function pairUp(edges: RingEdges, crossings: Crossing[], enteringFirst: boolean): void {
  crossings.sort((a, b) => {
    const distance = a.along - b.along;
    if (Math.abs(distance) > NEARLY_EQUAL_DEGREES) return distance;
    return a.edge === b.edge ? distance : sideBySide(edges, a.edge, b.edge) || distance;
  });
  for (let i = 0; i < crossings.length; i++) {
    const enters = (i % 2 === 0) === enteringFirst;
    // Rounding in an earlier cut can put crossings out of turn that lie within an instant of each other.
    let j = i;
    while ((crossings[j] as Crossing).enters !== enters) j++;
    const found = crossings[j] as Crossing;
    crossings.copyWithin(i + 1, i, j);
    crossings[i] = found;
    if (i % 2 === 0) continue;
    const other = crossings[i - 1] as Crossing;
    if (enters) other.chain.next = found.chain;
    else found.chain.next = other.chain;
  }
}

/** Compares two edges that both reach over a line and do not cross: negative if the first lies west of the second. */
function sideBySide({ along, cut, next }: RingEdges, a: number, b: number): number {
  const ends = (edge: number) => {
    const end = next[edge] as number;
    return (cut[edge] as number) < (cut[end] as number) ? ([edge, end] as const) : ([end, edge] as const);
  };
  const [lowA, highA] = ends(a);
  const [lowB, highB] = ends(b);
  const side = (from: number, to: number, vertex: number) =>
    orientation(
      along[from] as number,
      cut[from] as number,
      along[to] as number,
      cut[to] as number,
      along[vertex] as number,
      cut[vertex] as number,
    );
  const below =
    (cut[lowA] as number) >= (cut[lowB] as number) ? -side(lowB, highB, lowA) : side(lowA, highA, lowB);
  if (below !== 0) return below;
  return (cut[highA] as number) <= (cut[highB] as number)
    ? -side(lowB, highB, highA)
    : side(lowA, highA, highB);
}

/** Follows chains from one to the next until they close, and writes the ring unless nothing is left of it. */
function writeRing(first: Chain, result: Rings): void {
  const { along, cut } = result;
  const from = along.length;
  for (let chain: Chain | undefined = first; chain !== undefined && !chain.joined; chain = chain.next) {
    chain.joined = true;
    for (let i = 0; i < chain.along.length; i++) {
      push(result, from, chain.along[i] as number, chain.cut[i] as number);
    }
  }
  while (along.length > from + 1 && along[from] === along.at(-1) && cut[from] === cut.at(-1)) {
    along.pop();
    cut.pop();
  }
  if (along.length < from + 3) {
    along.length = from;
    cut.length = from;
    return;
  }
  result.ends.push(along.length);
  result.polygons.push(first.polygon);
}

/** Adds a vertex to the ring that began at `from`, but no repeated one, and no way there and straight back. */
function push({ along, cut }: Rings, from: number, a: number, c: number): void {
  const length = along.length;
  if (length > from && along[length - 1] === a && cut[length - 1] === c) return;
  if (length > from + 1 && along[length - 2] === a && cut[length - 2] === c) {
    along.pop();
    cut.pop();
    return;
  }
  along.push(a);
  cut.push(c);
}
