import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { areaSquareKilometres, boundingBoxOf } from "../areas/measure.ts";
import { outlineOf } from "../areas/outline.ts";
import { TooManyTasks } from "../validity/too-many-tasks.ts";
import { fewestTasks } from "./fewest-tasks.ts";
import { MOST_SQUARES } from "./merge-slivers.ts";
import { type SquareLines, squareLines } from "./square-lines.ts";
import { columnLines, rowLines } from "./tile.ts";

/** What is to be made of an area. */
export interface Wanted {
  zoom?: number | undefined;
  sizeMetres?: number | undefined;
  taskCount?: number | undefined;
}

/**
 * Looks at the size of an area, in one pass over its vertices, whether it would give more than `limit` tasks for certain. One
 * that passes may still give more.
 *
 * @throws TooManyTasks
 */
export function refuseTooMany(
  area: MultiPolygon,
  { zoom, sizeMetres, taskCount }: Wanted,
  limit: number,
): void {
  if (taskCount !== undefined && taskCount > limit) throw new TooManyTasks(limit);
  if (zoom !== undefined && fewestTasks(outlineOf(area), rowLines(zoom), columnLines(zoom)) > limit)
    throw new TooManyTasks(limit);
  if (sizeMetres === undefined) return;
  const box = boundingBoxOf(area);
  refuseTooManySquares(area, box, squareLines(box, sizeMetres), limit);
}

/**
 * Refuses squares of which there would be more than `limit` if all were as large as the largest can be.
 *
 * @throws TooManyTasks
 */
export function refuseTooManySquares(
  area: MultiPolygon,
  box: ReturnType<typeof boundingBoxOf>,
  lines: SquareLines,
  limit: number,
): void {
  if (areaSquareKilometres(area) > limit * MOST_SQUARES * largestSquare(lines, box))
    throw new TooManyTasks(limit);
}

/** The ground of the square that lies nearest to the equator, in square kilometres. */
function largestSquare({ rows, squareOf }: SquareLines, box: ReturnType<typeof boundingBoxOf>): number {
  const row = rows.floor(-Math.min(Math.max(0, box.south), box.north));
  return Math.max(squareOf(row), squareOf(Math.max(row - 1, 0)));
}
