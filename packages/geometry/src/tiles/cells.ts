import { type Drawing, drawSquare } from "./draw-shape.ts";
import { BUFFER, EXTENT, type Frame } from "./frame.ts";
import type { Shapes } from "./shapes.ts";

/** What is too small or too much to be drawn by itself is drawn as squares of this size: tiles of seven zooms further in. */
export const CELL_UNITS = 32;
const ACROSS = (EXTENT + 2 * BUFFER) / CELL_UNITS;

/** The cell of a tile in which the middle of a shape's box lies; undefined if it is in none. */
export function cellOfShape({ boxes }: Shapes, place: number, frame: Frame): number | undefined {
  const at = 4 * place;
  const x = ((boxes[at] as number) + (boxes[at + 2] as number)) / 2;
  const y = ((boxes[at + 1] as number) + (boxes[at + 3] as number)) / 2;
  return cellAt(x, y, frame);
}

/** The cell of a tile at a place in the world; undefined if it is in none. */
export function cellAt(x: number, y: number, { west, north, scale }: Frame): number | undefined {
  const column = Math.floor(((x - west) * scale + BUFFER) / CELL_UNITS);
  const row = Math.floor(((y - north) * scale + BUFFER) / CELL_UNITS);
  if (column < 0 || column >= ACROSS || row < 0 || row >= ACROSS) return undefined;
  return row * ACROSS + column;
}

/** Draws the square of a cell. */
export function drawCell(cell: number, drawing: Drawing): void {
  const x = (cell % ACROSS) * CELL_UNITS - BUFFER;
  const y = Math.floor(cell / ACROSS) * CELL_UNITS - BUFFER;
  drawSquare(x, y, CELL_UNITS, drawing);
}
