import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { boundingBoxOf } from "@tessera/geometry/areas/measure.ts";
import { squareArea } from "@tessera/geometry/grids/tile.ts";
import { squares } from "./service.ts";

/** How `squares` lays out tasks: rows of columns. */
export const ROWS = 30;
export const COLUMNS = 40;

/** The area of the first `columns` columns of squares, at any number of rows. */
export function firstColumns(columns: number): MultiPolygon {
  const [one] = squares(1);
  if (one === undefined) throw new Error("there is a square");
  const { west, east, north } = boundingBoxOf(one.area);
  return squareArea(west, -60, west + columns * (east - west), north);
}

/** The number of the task in a column and a row, counted from 0. */
export function idAt(column: number, row: number): number {
  return row * COLUMNS + column + 1;
}

/** Whether a task lies outside the first `columns` columns. */
export function isOutside(columns: number, taskId: number): boolean {
  return (taskId - 1) % COLUMNS >= columns;
}
