import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { areaSquareKilometres, boundingBoxOf } from "../areas/measure.ts";
import { outlineOf } from "../areas/outline.ts";
import { cutAlongLines } from "../grids/cut-along-lines.ts";
import type { Lines } from "../grids/cut-into-strips.ts";
import type { GridTask } from "../grids/grid.ts";
import { outlineOntoLines } from "../grids/onto-lines.ts";
import { columnLines, rowLines, type Tile } from "../grids/tile.ts";
import { CannotSplit } from "../validity/cannot-split.ts";
import { sweep } from "../validity/plane-sweep.ts";

/** The deepest zoom of a square. */
export const DEEPEST_ZOOM = 24;

/** A part with less ground than this, in square metres, is a sliver. */
export const SLIVER_SQUARE_METRES = 1;

/** A part of a task that is no square is a sliver below this share of the task's ground, too. */
export const SLIVER_SHARE_OF_TASK = 1 / 100;

/**
 * Splits a task. A square gives its children at the next zoom, clipped to `within`, row by row from the north, each
 * row from the west; a child keeps its tile if it is a whole square. Anything else is cut in two at the middle of its
 * bounding box, across the side that is longer on the ground at the box's middle latitude, and each half that is large
 * enough is cut again in the same way: two to four parts, the northern or western one first each time.
 *
 * Both areas must be such that `checkArea` lets them pass. The parts together are what the task and `within` share,
 * to within the rounding of coordinates (`outlineOntoLines`), of a task that is no square the whole task; neighbours have
 * the same doubles where they meet.
 *
 * @param within the area that the task was cut from
 * @throws CannotSplit if the parts would be beyond `DEEPEST_ZOOM`, or fewer than two are more than slivers
 * @throws GeometryFault if an area is invalid, or "too-intricate"
 */
export function splitTask(task: GridTask, within: MultiPolygon): GridTask[] {
  return task.tile ? childrenOf(task.tile, within) : quarter(task.area).map((area) => ({ area }));
}

function childrenOf(tile: Tile, within: MultiPolygon): GridTask[] {
  const zoom = tile.zoom + 1;
  if (zoom > DEEPEST_ZOOM) throw new CannotSplit("too-deep");
  const [x, y] = [2 * tile.x, 2 * tile.y];
  const rows = twoStrips(rowLines(zoom), y);
  const columns = twoStrips(columnLines(zoom), x);
  const { outline, touches } = outlineOntoLines(within, rows, columns);
  const children = cutAlongLines(outline, touches, rows, columns, (cells) =>
    Array.from(cells, ({ row, column, isWhole, area }): GridTask => {
      return isWhole ? { tile: { zoom, x: x + column, y: y + row }, area } : { area };
    }),
  );
  if (children.length < 2) throw new CannotSplit("one-piece");
  const isSliver = ({ area }: GridTask) => squareMetres(area) < SLIVER_SQUARE_METRES;
  if (children.filter((child) => !isSliver(child)).length < 2) throw new CannotSplit("slivers");
  return children;
}

/** The strip `from` of parallel lines and the one after it. */
function twoStrips({ at, floor }: Lines, from: number): Lines {
  return {
    strips: 2,
    at: (line) => at(from + line),
    floor: (value) => Math.min(Math.max(floor(value) - from, -1), 2),
  };
}

function quarter(area: MultiPolygon): MultiPolygon[] {
  const least = Math.max(SLIVER_SQUARE_METRES, squareMetres(area) * SLIVER_SHARE_OF_TASK);
  const areAllLarge = (parts: MultiPolygon[]) => parts.every((part) => squareMetres(part) >= least);
  const halves = halve(area);
  if (halves.length < 2) throw new CannotSplit("one-piece");
  if (!areAllLarge(halves)) throw new CannotSplit("slivers");
  return halves.flatMap((half) => {
    const quarters = halve(half);
    return areAllLarge(quarters) ? quarters : [half];
  });
}

function halve(area: MultiPolygon): MultiPolygon[] {
  const { west, south, east, north } = boundingBoxOf(area);
  const latitude = (south + north) / 2;
  const isHigh = north - south > (east - west) * Math.cos((latitude * Math.PI) / 180);
  const rows = isHigh ? linesAt(-Infinity, -latitude, Infinity) : linesAt(-Infinity, Infinity);
  const columns = isHigh ? linesAt(-Infinity, Infinity) : linesAt(-Infinity, (west + east) / 2, Infinity);
  const outline = outlineOf(area);
  return cutAlongLines(outline, sweep(outline), rows, columns, (cells) =>
    Array.from(cells, (cell) => cell.area),
  );
}

function linesAt(...values: number[]): Lines {
  return {
    strips: values.length - 1,
    at: (line) => values[line] as number,
    floor: (value) => values.findLastIndex((line) => line <= value),
  };
}

function squareMetres(area: MultiPolygon): number {
  return areaSquareKilometres(area) * 1e6;
}
