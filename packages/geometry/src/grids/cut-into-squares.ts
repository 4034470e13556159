import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { boundingBoxOf } from "../areas/measure.ts";
import { outlineOf } from "../areas/outline.ts";
import { sweep } from "../validity/plane-sweep.ts";
import { TooManyTasks } from "../validity/too-many-tasks.ts";
import { type Cell, cutAlongLines } from "./cut-along-lines.ts";
import type { GridTask } from "./grid.ts";
import { mergeSlivers } from "./merge-slivers.ts";
import { refuseTooManySquares } from "./refuse-too-many.ts";
import { squareLines } from "./square-lines.ts";

/**
 * Cuts an area that `checkArea` lets pass into squares of a size in metres, row by row from the north, each row from
 * the west. The squares start at the north-western corner of the area's bounding box and are true at its middle
 * latitude: nearer to the equator they are wider, farther from it narrower. What lies in one square is one task,
 * however many pieces it has, but slivers below a tenth of a square are merged as `mergeSlivers` says.
 *
 * Neighbours have the same doubles where they meet, and vertices keep theirs. No task has a tile.
 *
 * @throws TooManyTasks, before the work if the size of the area shows it
 * @throws GeometryFault if the area is invalid, or "too-intricate"
 * @throws RangeError if `sizeMetres` is not above 0, or not finite
 */
export function cutIntoSquares(area: MultiPolygon, sizeMetres: number, limit: number): GridTask[] {
  const outline = outlineOf(area);
  const touches = sweep(outline);
  const box = boundingBoxOf(area);
  const lines = squareLines(box, sizeMetres);
  refuseTooManySquares(area, box, lines, limit);
  return cutAlongLines(outline, touches, lines.rows, lines.columns, (found) => {
    const areas = mergeSlivers(atMost(limit, found), lines);
    if (areas.length > limit) throw new TooManyTasks(limit);
    return areas.map((area) => ({ area }));
  });
}

/** Takes cells until the whole ones are more than `limit`: no two of these are ever merged. */
function atMost(limit: number, found: Iterable<Cell>): Cell[] {
  const cells: Cell[] = [];
  let whole = 0;
  for (const cell of found) {
    cells.push(cell);
    if (cell.isWhole) whole++;
    if (whole > limit) throw new TooManyTasks(limit);
  }
  return cells;
}
