import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { areaOfRings } from "./area-of-rings.ts";
import { checkArea } from "./check-area.ts";
import { type Budget, cutIntoStrips } from "./cut-into-strips.ts";
import { fewestTasks } from "./fewest-tasks.ts";
import { GeometryFault } from "./geometry-fault.ts";
import { type Outline, outlineOf } from "./outline.ts";
import { sweep, type Touch } from "./plane-sweep.ts";
import type { Rings } from "./rings.ts";
import { columnLines, rowLines, squareArea, type Tile } from "./tile.ts";

/** The most that is done for one cut: edges times the rows and columns that each runs through, added up. */
const MOST_FRAGMENTS = 2_000_000;

/** A vertex and an edge nearer to each other than this, a tenth of a micrometre, are bound together if they must be. */
const REACH_DEGREES = 1e-12;

/** A task of a grid. It has a tile if its area is that whole square. */
export interface GridTask {
  tile?: Tile;
  area: MultiPolygon;
}

/** What a task gets where the area ends: the part inside, or the whole square. */
export type GridEdge = "clipped" | "whole";

/** A cut would give more tasks than `limit`. */
export class TooManyTasks extends Error {
  override readonly name = "TooManyTasks";
  readonly limit: number;

  constructor(limit: number) {
    super(`The area would be cut into more than ${limit} tasks.`);
    this.limit = limit;
  }
}

/**
 * Cuts an area that `checkArea` lets pass into the squares of the web-mercator grid, row by row from the north, each
 * row from the west. A square gives one task if it shares ground with the area, however many pieces that ground has; a
 * shared edge or point is no ground, and neither is a sliver below `SLIVER_SQUARE_DEGREES`. What lies beyond the grid,
 * at latitudes over 85.0511°, gives no task.
 *
 * Neighbours have the same doubles where they meet, and vertices keep theirs.
 *
 * @throws TooManyTasks, before the work where the size of the area tells
 * @throws GeometryFault if the area is invalid, or "too-intricate"
 */
export function cutIntoGrid(area: MultiPolygon, zoom: number, edge: GridEdge, limit: number): GridTask[] {
  const outline = outlineOf(area);
  const touches = sweep(outline);
  if (fewestTasks(outline, rowLines(zoom), columnLines(zoom)) > limit) throw new TooManyTasks(limit);
  try {
    return cut(ringsOf(outline, touches), zoom, edge, limit);
  } catch (fault) {
    if (!isInvalidPiece(fault)) throw fault;
  }
  try {
    return cut(ringsOf(outline, sweep(outline, REACH_DEGREES)), zoom, edge, limit);
  } catch (fault) {
    throw isInvalidPiece(fault) ? new GeometryFault("too-intricate", "", fault.place) : fault;
  }
}

/** Rounding can bend an edge of a piece over a vertex that it all but touches. */
function isInvalidPiece(fault: unknown): fault is GeometryFault {
  return fault instanceof GeometryFault && fault.rule !== "too-intricate";
}

function cut(rings: Rings, zoom: number, edge: GridEdge, limit: number): GridTask[] {
  const rows = rowLines(zoom);
  const columns = columnLines(zoom);
  const budget: Budget = { fragments: MOST_FRAGMENTS };
  const tasks: GridTask[] = [];
  for (const row of cutIntoStrips(rings, rows, budget)) {
    const north = -rows.at(row.strip);
    const south = -rows.at(row.strip + 1);
    for (const column of cutIntoStrips(quarterTurn(row.rings), columns, budget)) {
      const west = columns.at(column.strip);
      const east = columns.at(column.strip + 1);
      const tile = { zoom, x: column.strip, y: row.strip };
      const piece = isWhole(column.rings, west, south, east, north) ? "whole" : pieceOf(column.rings);
      if (piece === undefined) continue;
      if (piece === "whole" || edge === "whole") {
        tasks.push({ tile, area: squareArea(west, south, east, north) });
      } else tasks.push({ area: piece });
      if (tasks.length > limit) throw new TooManyTasks(limit);
    }
  }
  return tasks;
}

/**
 * The rings of an outline, turned half around so that strips count from the north. Where a vertex touches an edge,
 * the edge gets a vertex: else its parts, rounded one by one, could come to lie on the other side of what it touches.
 */
function ringsOf(outline: Outline, touches: Touch[]): Rings {
  const { x, y, next, ring, firstOfRing, polygonOfRing } = outline;
  const touched = Map.groupBy(touches, (touch) => touch.edge);
  const rings: Rings = { along: [], cut: [], ends: [], polygons: Array.from(polygonOfRing) };
  for (let vertex = 0; vertex < outline.count; vertex++) {
    const on = (touched.get(vertex) ?? []).map((touch) => touch.vertex);
    const end = next[vertex] as number;
    const forward = (x[end] as number) - (x[vertex] as number) || (y[end] as number) - (y[vertex] as number);
    on.sort((a, b) => forward * ((x[a] as number) - (x[b] as number) || (y[a] as number) - (y[b] as number)));
    for (const position of [vertex, ...on]) {
      rings.along.push(-(x[position] as number));
      rings.cut.push(-(y[position] as number));
    }
    if (vertex + 1 === firstOfRing[(ring[vertex] as number) + 1]) rings.ends.push(rings.along.length);
  }
  return rings;
}

/** Turns rings from the frame of the rows to that of the columns. */
function quarterTurn(rings: Rings): Rings {
  return { ...rings, along: rings.cut, cut: rings.along.map((along) => -along) };
}

/** Tells whether what is left of a square is all of it. */
function isWhole(
  { along, cut, ends }: Rings,
  west: number,
  south: number,
  east: number,
  north: number,
): boolean {
  return (
    ends.length === 1 &&
    along.length === 4 &&
    along.every((value) => value === -north || value === -south) &&
    cut.every((value) => value === west || value === east)
  );
}

function pieceOf(rings: Rings): MultiPolygon | undefined {
  const y = rings.along.map((along) => 0 - along);
  const x = rings.cut.map((cut) => cut + 0);
  const piece = areaOfRings({ x, y, ends: rings.ends, polygons: rings.polygons });
  if (piece !== undefined) checkArea(piece);
  return piece;
}
