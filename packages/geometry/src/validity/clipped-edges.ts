/** An edge that is narrower than this, in degrees, is upright: its slope would be beyond all numbers. */
const UPRIGHT_DEGREES = 1e-100;

/** A rectangle in degrees. */
export interface Box {
  west: number;
  south: number;
  east: number;
  north: number;
}

/**
 * The edges of an area within a box, each from west to east, in degrees from the box's south-western corner. Where an
 * edge runs above the box, its part there runs along the top; below the box, and upright, it is left away. The sign is
 * 1 where the ground lies below the edge and -1 where it lies above: summed up, the ground below the edges is that of
 * the area in the box.
 */
export interface ClippedEdges {
  west: number[];
  east: number[];
  /** The heights at both ends. */
  from: number[];
  to: number[];
  sign: number[];
}

/** The edges of an area that has none in the box. */
export function noEdges(): ClippedEdges {
  return { west: [], east: [], from: [], to: [], sign: [] };
}

/** Adds what a box leaves of the edge from a to b, which has the ground on its left. */
export function addClipped(
  edges: ClippedEdges,
  box: Box,
  ax: number,
  ay: number,
  bx: number,
  by: number,
): void {
  const width = box.east - box.west;
  const height = box.north - box.south;
  const sign = bx < ax ? 1 : -1;
  let west = (sign > 0 ? bx : ax) - box.west;
  let east = (sign > 0 ? ax : bx) - box.west;
  if (east <= 0 || west >= width || east - west < UPRIGHT_DEGREES) return;
  let from = (sign > 0 ? by : ay) - box.south;
  let to = (sign > 0 ? ay : by) - box.south;
  if (from <= 0 && to <= 0) return;
  const slope = (to - from) / (east - west);
  if (east > width) {
    to -= slope * (east - width);
    east = width;
  }
  if (west < 0) {
    from -= slope * west;
    west = 0;
  }
  const reach = (level: number) => Math.min(Math.max(west + (level - from) / slope, west), east);
  if (Math.min(from, to) >= height) add(edges, west, east, height, height, sign);
  else if (slope === 0) add(edges, west, east, from, to, sign);
  else {
    const [first, last] = slope > 0 ? [reach(0), reach(height)] : [reach(height), reach(0)];
    const [start, end] = [from, to].map((value) => Math.min(Math.max(value, 0), height)) as [number, number];
    if (slope < 0 && from > height) add(edges, west, first, height, height, sign);
    add(
      edges,
      from < 0 || from > height ? first : west,
      to < 0 || to > height ? last : east,
      start,
      end,
      sign,
    );
    if (slope > 0 && to > height) add(edges, last, east, height, height, sign);
  }
}

function add(edges: ClippedEdges, west: number, east: number, from: number, to: number, sign: number): void {
  if (east - west < UPRIGHT_DEGREES) return;
  edges.west.push(west);
  edges.east.push(east);
  edges.from.push(from);
  edges.to.push(to);
  edges.sign.push(sign);
}

/** The ground of an area in its box, in square degrees. */
export function groundBelow({ west, east, from, to, sign }: ClippedEdges): number {
  let total = 0;
  for (let i = 0; i < west.length; i++) {
    const width = (east[i] as number) - (west[i] as number);
    total += ((sign[i] as number) * width * ((from[i] as number) + (to[i] as number))) / 2;
  }
  return total;
}

/**
 * The ground that two areas share in one box, in square degrees: of each edge of the one with each of the other, the
 * ground below both, added up by sign. Nothing is decided on the way, no crossing is looked for, and so nothing can be
 * decided wrongly: what rounding does to the coordinates, it does to the sum. The time grows with the pairs of edges
 * above each other.
 */
export function groundBelowBoth(a: ClippedEdges, b: ClippedEdges): number {
  const [orderA, orderB] = [fromTheWest(a), fromTheWest(b)];
  const [openA, openB]: number[][] = [[], []] as [number[], number[]];
  let total = 0;
  for (let i = 0, j = 0; i < orderA.length || j < orderB.length; ) {
    const [edgeA, edgeB] = [orderA[i] as number, orderB[j] as number];
    if (
      j === orderB.length ||
      (i < orderA.length && (a.west[edgeA] as number) <= (b.west[edgeB] as number))
    ) {
      total += withOpen(a, edgeA, b, openB as number[]);
      openA?.push(edgeA);
      i++;
    } else {
      total += withOpen(b, edgeB, a, openA as number[]);
      openB?.push(edgeB);
      j++;
    }
  }
  return total;
}

function fromTheWest({ west }: ClippedEdges): number[] {
  return Array.from(west.keys()).sort((a, b) => (west[a] as number) - (west[b] as number));
}

/** The ground below one edge and each of those that began before it, by sign; closes those that have ended. */
function withOpen(edges: ClippedEdges, edge: number, others: ClippedEdges, open: number[]): number {
  const start = edges.west[edge] as number;
  const east = edges.east[edge] as number;
  const from = edges.from[edge] as number;
  const slope = slopeOf(edges, edge);
  let total = 0;
  let kept = 0;
  for (let i = 0; i < open.length; i++) {
    const other = open[i] as number;
    const otherEast = others.east[other] as number;
    if (otherEast <= start) continue;
    open[kept++] = other;
    const width = Math.min(east, otherEast) - start;
    const otherSlope = slopeOf(others, other);
    const otherFrom = (others.from[other] as number) + otherSlope * (start - (others.west[other] as number));
    const below = lower(from, from + slope * width, otherFrom, otherFrom + otherSlope * width);
    total += (others.sign[other] as number) * below * width;
  }
  open.length = kept;
  return total * (edges.sign[edge] as number);
}

function slopeOf({ west, east, from, to }: ClippedEdges, edge: number): number {
  return ((to[edge] as number) - (from[edge] as number)) / ((east[edge] as number) - (west[edge] as number));
}

/** The mean height of the lower of two lines, from their heights at both ends. */
function lower(fromA: number, toA: number, fromB: number, toB: number): number {
  const before = fromA - fromB;
  const after = toA - toB;
  if (before <= 0 && after <= 0) return (fromA + toA) / 2;
  if (before >= 0 && after >= 0) return (fromB + toB) / 2;
  const part = before < 0 ? before * (before / (before - after)) : after * (after / (after - before));
  return (fromB + toB + part) / 2;
}
