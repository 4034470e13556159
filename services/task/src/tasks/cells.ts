/** A rectangle in degrees. */
export interface Box {
  west: number;
  south: number;
  east: number;
  north: number;
}

/**
 * The world is cut into squares of 360° / 2^level. A task is kept under one cell: of the level at which a cell is no
 * smaller than the task, the one that holds its south-western corner. So whatever task holds a point is kept under the
 * point's own cell of some level, or the one to its west, south or south-west: four looks into an index for each level.
 */
const LEVELS = 26;
/** Rounding does not make a cell smaller than its task. */
const MARGIN = 1.0001;
const SMALLEST_DEGREES = 0.00001;
const CELLS = 2n ** 26n;

/** The cell under which a task with this bounding box is kept. */
export function cellOf({ west, south, east, north }: Box): bigint {
  const size = Math.max(east - west, north - south, SMALLEST_DEGREES) * MARGIN;
  const level = Math.min(LEVELS - 1, Math.max(0, Math.floor(Math.log2(360 / size))));
  return numberOf(level, column(west, level), row(south, level));
}

/** The cells under which any task is kept that holds a point. */
export function cellsAround({ longitude, latitude }: { longitude: number; latitude: number }): bigint[] {
  const cells: bigint[] = [];
  for (let level = 0; level < LEVELS; level++) {
    const x = column(longitude, level);
    const y = row(latitude, level);
    for (const dx of [0, 1]) {
      for (const dy of [0, 1]) if (x >= dx && y >= dy) cells.push(numberOf(level, x - dx, y - dy));
    }
  }
  return cells;
}

function column(longitude: number, level: number): number {
  return Math.floor(((longitude + 180) * 2 ** level) / 360);
}

function row(latitude: number, level: number): number {
  return Math.floor(((latitude + 90) * 2 ** level) / 360);
}

function numberOf(level: number, x: number, y: number): bigint {
  return (BigInt(level) * CELLS + BigInt(x)) * CELLS + BigInt(y);
}
