import { areaSquareKilometres, type boundingBoxOf, METRES_PER_DEGREE } from "../areas/measure.ts";
import type { Lines } from "./cut-into-strips.ts";
import { settle, squareArea } from "./tile.ts";

/** The lines of a grid of squares that are measured on the ground. */
export interface SquareLines {
  /** As negated latitudes, so that they rise from north to south. */
  rows: Lines;
  columns: Lines;
  /** The ground of a whole square of a row, in square kilometres: the nearer to the equator, the larger. */
  squareOf: (row: number) => number;
}

/**
 * Lays lines over a box in degrees, from its north-western corner: lines of latitude at even steps in metres, lines
 * of longitude at even steps that are as long at the box's middle latitude.
 */
export function squareLines(box: ReturnType<typeof boundingBoxOf>, sizeMetres: number): SquareLines {
  if (!(sizeMetres > 0 && sizeMetres < Infinity))
    throw new RangeError(`A square cannot be ${sizeMetres} m wide.`);
  const height = sizeMetres / METRES_PER_DEGREE;
  const middle = (((box.south + box.north) / 2) * Math.PI) / 180;
  // At a pole one column goes all the way around.
  const width = Math.min(height / Math.cos(middle), 360);
  const rows = evenLines(-box.north, -box.south, height);
  const columns = evenLines(box.west, box.east, width);
  const squareOf = (row: number) =>
    areaSquareKilometres(squareArea(0, Math.max(-rows.at(row + 1), -90), width, -rows.at(row)));
  return { rows, columns, squareOf };
}

/** Lines at even steps, as many as it takes to come from `low` up to `high`. */
function evenLines(low: number, high: number, step: number): Lines {
  const strips = Math.max(Math.ceil((high - low) / step), 1);
  // The last line may not stop short of the end by rounding.
  const at = (line: number) => (line < strips ? low + line * step : Math.max(low + line * step, high));
  return { strips, at, floor: (value) => settle(at, strips, (value - low) / step, value) };
}
