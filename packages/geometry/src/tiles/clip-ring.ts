import { BUFFER, EXTENT } from "./frame.ts";

const LOW = -BUFFER;
const HIGH = EXTENT + BUFFER;

/**
 * Cuts a ring to what is drawn of a tile, edge by edge (Sutherland and Hodgman). What enters the tile several times stays one
 * ring, with edges along the border that lie upon each other, beyond what is shown.
 */
export function clipRing(ring: readonly number[]): number[] {
  let kept = ring as number[];
  for (const axis of [0, 1] as const) {
    kept = clip(kept, axis, LOW, 1);
    kept = clip(kept, axis, HIGH, -1);
  }
  return kept;
}

/** Keeps what is not below a line, or with -1 what is not above it. */
function clip(ring: readonly number[], axis: 0 | 1, line: number, sign: 1 | -1): number[] {
  const kept: number[] = [];
  const other = 1 - axis;
  let before = ring.length - 2;
  for (let at = 0; at < ring.length; before = at, at += 2) {
    const a = ring[before + axis] as number;
    const b = ring[at + axis] as number;
    const wasIn = (a - line) * sign >= 0;
    const isIn = (b - line) * sign >= 0;
    if (wasIn !== isIn) {
      const part = (line - a) / (b - a);
      const from = ring[before + other] as number;
      const across = from + ((ring[at + other] as number) - from) * part;
      if (axis === 0) kept.push(line, across);
      else kept.push(across, line);
    }
    if (isIn) kept.push(ring[at] as number, ring[at + 1] as number);
  }
  return kept;
}
