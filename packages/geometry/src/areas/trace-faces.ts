import { orientation } from "./orientation.ts";

/** Rings one after the other: ring r ends before position `ends[r]` and does not repeat its first position there. */
export interface Positions {
  x: number[];
  y: number[];
  ends: number[];
  /** The polygon that each ring belongs to. */
  polygons: number[];
}

/** A ring that meets no point twice, as indices of its positions. */
export interface Loop {
  polygon: number;
  positions: number[];
}

/**
 * Takes rings that may meet a point more than once, their own or another of the same polygon, and that cross nowhere.
 * Returns loops that meet no point twice and bound the same ground: counterclockwise around each connected part of
 * it, clockwise around its holes.
 *
 * Where rings meet, the boundary is first led on to the edge that bounds the same part of the ground, so that it walks
 * around one connected part; then each walk is taken apart where it comes back to a point.
 */
export function traceFaces(rings: Positions): Loop[] {
  const links = linksOf(rings);
  const meetings = meetingsOf(rings, links);
  const meetingOf = new Map<number, number>();
  for (const [i, meeting] of meetings.entries()) for (const position of meeting) meetingOf.set(position, i);
  const next = links.next.slice();
  for (const meeting of meetings) leadOn(rings, links, meeting, next);
  const loops: Loop[] = [];
  const walked = new Uint8Array(next.length);
  for (let start = 0; start < next.length; start++) {
    const walk: number[] = [];
    for (let at = start; walked[at] === 0; at = next[at] as number) {
      walked[at] = 1;
      walk.push(at);
    }
    const parts = meetings.length === 0 ? [walk] : takeApart(walk, meetingOf);
    for (const positions of parts) {
      if (positions.length > 2) loops.push({ polygon: links.polygonOf[start] as number, positions });
    }
  }
  return loops;
}

interface Links {
  next: Int32Array;
  previous: Int32Array;
  polygonOf: Int32Array;
}

function linksOf({ x, ends, polygons }: Positions): Links {
  const next = new Int32Array(x.length);
  const previous = new Int32Array(x.length);
  const polygonOf = new Int32Array(x.length);
  let from = 0;
  for (let ring = 0; ring < ends.length; ring++) {
    const end = ends[ring] as number;
    polygonOf.fill(polygons[ring] as number, from, end);
    for (let i = from; i < end; i++) {
      next[i] = i + 1 < end ? i + 1 : from;
      previous[i] = i > from ? i - 1 : end - 1;
    }
    from = end;
  }
  return { next, previous, polygonOf };
}

/** Finds the points that one polygon's rings meet more than once, as lists of positions. */
function meetingsOf({ x, y }: Positions, { polygonOf }: Links): number[][] {
  const compare = (a: number, b: number) =>
    (x[a] as number) - (x[b] as number) ||
    (y[a] as number) - (y[b] as number) ||
    (polygonOf[a] as number) - (polygonOf[b] as number);
  const order = Uint32Array.from(x.keys()).sort(compare);
  const meetings: number[][] = [];
  for (let i = 0, end = 1; i < order.length; i = end++) {
    while (end < order.length && compare(order[i] as number, order[end] as number) === 0) end++;
    if (end > i + 1) meetings.push(Array.from(order.subarray(i, end)));
  }
  return meetings;
}

/**
 * Sets for each ring that enters a meeting where it continues: the ground on its left reaches clockwise from the edge
 * it comes by to the next edge around the point, and that one leads away.
 */
function leadOn({ x, y }: Positions, links: Links, meeting: number[], next: Int32Array): void {
  const px = x[meeting[0] as number] as number;
  const py = y[meeting[0] as number] as number;
  const rays = meeting.flatMap((position) => [
    { position, far: links.previous[position] as number, leaves: false },
    { position, far: links.next[position] as number, leaves: true },
  ]);
  const isLowerHalf = (far: number) => (y[far] as number) < py || (y[far] === py && (x[far] as number) < px);
  rays.sort(
    (a, b) =>
      Number(isLowerHalf(a.far)) - Number(isLowerHalf(b.far)) ||
      -orientation(px, py, x[a.far] as number, y[a.far] as number, x[b.far] as number, y[b.far] as number),
  );
  // In and out take turns around a point of an area; where rounding has undone that, the rings stay as they are.
  if (rays.some((ray, i) => ray.leaves === rays.at(i - 1)?.leaves)) return;
  for (const [i, ray] of rays.entries()) {
    if (!ray.leaves) next[ray.position] = rays.at(i - 1)?.far as number;
  }
}

/** Takes a walk apart into loops, each time that it comes back to a meeting. */
function takeApart(walk: number[], meetingOf: Map<number, number>): number[][] {
  const loops: number[][] = [];
  const path: number[] = [];
  const indexOf = new Map<number, number>();
  for (const position of walk) {
    const meeting = meetingOf.get(position);
    const index = meeting === undefined ? undefined : indexOf.get(meeting);
    if (index !== undefined) {
      const loop = path.splice(index);
      for (const left of loop) indexOf.delete(meetingOf.get(left) ?? -1);
      loops.push(loop);
    }
    if (meeting !== undefined) indexOf.set(meeting, path.length);
    path.push(position);
  }
  loops.push(path);
  return loops;
}
