import { GeometryFault } from "../areas/geometry-fault.ts";
import { joinChains } from "../areas/join-chains.ts";
import type { RingEdges, Rings } from "../areas/rings.ts";

/** Parallel lines with strips between them: strip i lies between line i and line i + 1, which is greater. */
export interface Lines {
  strips: number;
  at: (line: number) => number;
  /** The last line that is not above a value; -1 if all are. */
  floor: (value: number) => number;
}

/** What may still be done for one area: edges times the strips that each runs through. */
export interface Budget {
  fragments: number;
}

/**
 * Cuts rings into strips and returns the strips that have something in them, in order, each with its rings. A vertex
 * on a line lies on neither side of it, so that each strip is cut as the open set that it is: edges along a line
 * belong to no strip, and touching a line from outside leaves nothing.
 *
 * @throws GeometryFault too-intricate, before the work, if the budget does not last
 */
export function* cutIntoStrips(
  rings: Rings,
  lines: Lines,
  budget: Budget,
): Generator<{ strip: number; rings: Rings }> {
  const edges = edgesOf(rings);
  const keys = fragmentsOf(edges, lines, budget);
  const count = edges.next.length;
  for (let from = 0; from < keys.length; ) {
    const strip = Math.floor((keys[from] as number) / count);
    const base = strip * count;
    let to = from;
    while (to < keys.length && (keys[to] as number) - base < count) to++;
    const bucket = new Int32Array(to - from);
    for (let i = from; i < to; i++) bucket[i - from] = (keys[i] as number) - base;
    yield { strip, rings: joinChains(edges, bucket, lines.at(strip), lines.at(strip + 1)) };
    from = to;
  }
}

function edgesOf(rings: Rings): RingEdges {
  const count = rings.along.length;
  const next = new Int32Array(count);
  const ringOf = new Int32Array(count);
  let from = 0;
  for (let ring = 0; ring < rings.ends.length; ring++) {
    const end = rings.ends[ring] as number;
    for (let i = from; i < end; i++) {
      next[i] = i + 1;
      ringOf[i] = ring;
    }
    next[end - 1] = from;
    from = end;
  }
  return { ...rings, next, ringOf };
}

/**
 * Lists each edge once for each strip whose inside it runs through, sorted by strip and then by edge. An entry is
 * strip × number of edges + edge: a number, so that millions of them sort quickly, and however far apart the strips
 * are.
 */
function fragmentsOf(edges: RingEdges, lines: Lines, budget: Budget): Float64Array {
  const { cut, next } = edges;
  const count = next.length;
  const first = new Int32Array(count);
  const last = new Int32Array(count);
  let total = 0;
  for (let edge = 0; edge < count; edge++) {
    const a = cut[edge] as number;
    const b = cut[next[edge] as number] as number;
    const low = lines.floor(Math.min(a, b));
    const high = lines.floor(Math.max(a, b));
    const onLine = lines.at(high) === Math.max(a, b);
    first[edge] = Math.max(low, 0);
    last[edge] = Math.min(onLine ? high - 1 : high, lines.strips - 1);
    total += Math.max((last[edge] as number) - (first[edge] as number) + 1, 0);
  }
  budget.fragments -= total;
  if (budget.fragments < 0) throw new GeometryFault("too-intricate", "");
  const keys = new Float64Array(total);
  let at = 0;
  for (let edge = 0; edge < count; edge++) {
    for (let strip = first[edge] as number; strip <= (last[edge] as number); strip++) {
      keys[at++] = strip * count + edge;
    }
  }
  return keys.sort();
}
