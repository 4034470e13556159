/**
 * Rings in a frame whose second axis, `cut`, goes across the lines and whose first, `along`, goes with them. Turned
 * so that `along` points east and `cut` north, outer rings run counterclockwise. Rings are not closed by a repeated
 * position; they stand one after the other and end at `ends`.
 */
export interface Rings {
  along: number[];
  cut: number[];
  ends: number[];
  /** The polygon that each ring belongs to. */
  polygons: number[];
}

/** An edge of a ring, and the next edge after it. */
export interface RingEdges extends Rings {
  next: Int32Array;
  ringOf: Int32Array;
}
