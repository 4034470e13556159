import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { TooManyTasks } from "../validity/too-many-tasks.ts";
import { cutAlongLines } from "./cut-along-lines.ts";
import { fewestTasks } from "./fewest-tasks.ts";
import { outlineOntoLines } from "./onto-lines.ts";
import { columnLines, rowLines, type Tile, tileArea } from "./tile.ts";

/** A task of a grid. It has a tile if its area is that whole square. */
export interface GridTask {
  tile?: Tile;
  area: MultiPolygon;
}

/** What a task gets where the area ends: the part inside, or the whole square. */
export type GridEdge = "clipped" | "whole";

/**
 * Cuts an area that `checkArea` lets pass into the squares of the web-mercator grid, row by row from the north, each
 * row from the west. A square gives one task if it shares ground with the area, however many pieces that ground has; a
 * shared edge or point is no ground, and neither is a sliver below `SLIVER_SQUARE_DEGREES`. What lies beyond the grid,
 * at latitudes over 85.0511°, gives no task.
 *
 * Neighbours have the same doubles where they meet. Vertices keep theirs, but for those that `outlineOntoLines` moves: the
 * tasks are together the area, to within the rounding of its coordinates.
 *
 * @throws TooManyTasks, before the work if the size of the area shows it
 * @throws GeometryFault if the area is invalid, or "too-intricate"
 */
export function cutIntoGrid(area: MultiPolygon, zoom: number, edge: GridEdge, limit: number): GridTask[] {
  const rows = rowLines(zoom);
  const columns = columnLines(zoom);
  const { outline, touches } = outlineOntoLines(area, rows, columns);
  if (fewestTasks(outline, rows, columns) > limit) throw new TooManyTasks(limit);
  return cutAlongLines(outline, touches, rows, columns, (cells) => {
    const tasks: GridTask[] = [];
    for (const { row, column, isWhole, area } of cells) {
      const tile = { zoom, x: column, y: row };
      if (isWhole) tasks.push({ tile, area });
      else tasks.push(edge === "whole" ? { tile, area: tileArea(tile) } : { area });
      if (tasks.length > limit) throw new TooManyTasks(limit);
    }
    return tasks;
  });
}
