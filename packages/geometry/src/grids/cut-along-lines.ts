import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { areaOfRings } from "../areas/area-of-rings.ts";
import { GeometryFault } from "../areas/geometry-fault.ts";
import type { Outline } from "../areas/outline.ts";
import type { Rings } from "../areas/rings.ts";
import { withoutCracks } from "../areas/without-cracks.ts";
import { checkArea } from "../validity/check-area.ts";
import { sweep, type Touch } from "../validity/plane-sweep.ts";
import { type Budget, cutIntoStrips, type Lines } from "./cut-into-strips.ts";
import { squareArea } from "./tile.ts";

/** The most that is done for one cut: edges times the rows and columns that each runs through, added up. */
const MOST_FRAGMENTS = 2_000_000;

/** A vertex and an edge nearer to each other than this, a tenth of a micrometre, are bound together if they must be. */
const REACH_DEGREES = 1e-12;

/** The part of an area that lies between two lines of each kind. */
export interface Cell {
  row: number;
  column: number;
  /** Whether the part is all that lies between the lines. */
  isWhole: boolean;
  area: MultiPolygon;
}

/**
 * Cuts an area along lines and hands the cells that have ground to `collect`, row by row from the north, each row from
 * the west. A shared edge or point is no ground, and neither is a sliver below `SLIVER_SQUARE_DEGREES`.
 *
 * Neighbours have the same doubles where they meet, and vertices keep theirs.
 *
 * @param touches what `sweep` answered for the outline
 * @param rows as negated latitudes, so that they rise from north to south
 * Where rounding makes a piece invalid, all is cut again with what lies within `REACH_DEGREES` bound together: what is thinner
 * than that closes.
 *
 * @param collect may be called a second time, if the first time rounding got in its way
 * @throws GeometryFault too-intricate; and whatever `collect` throws
 */
export function cutAlongLines<Result>(
  outline: Outline,
  touches: Touch[],
  rows: Lines,
  columns: Lines,
  collect: (cells: Iterable<Cell>) => Result,
): Result {
  try {
    return collect(cellsOf(ringsOf(outline, touches), rows, columns, false));
  } catch (fault) {
    if (!isInvalidPiece(fault)) throw fault;
  }
  try {
    return collect(cellsOf(ringsOf(outline, sweep(outline, REACH_DEGREES)), rows, columns, true));
  } catch (fault) {
    throw isInvalidPiece(fault) ? new GeometryFault("too-intricate", "", fault.point) : fault;
  }
}

/** Rounding can bend an edge of a piece over a vertex that it all but touches, or close what is all but a point wide. */
function isInvalidPiece(fault: unknown): fault is GeometryFault {
  return fault instanceof GeometryFault && fault.rule !== "too-intricate";
}

/** @param isBound whether rings run along each other where they are near */
function* cellsOf(rings: Rings, rows: Lines, columns: Lines, isBound: boolean): Generator<Cell> {
  const budget: Budget = { fragments: MOST_FRAGMENTS };
  for (const { strip: row, rings: ringsOfRow } of cutIntoStrips(rings, rows, budget)) {
    const north = 0 - rows.at(row);
    const south = 0 - rows.at(row + 1);
    for (const { strip: column, rings: piece } of cutIntoStrips(rotated(ringsOfRow), columns, budget)) {
      const west = columns.at(column);
      const east = columns.at(column + 1);
      const isWhole = isRectangle(piece, west, south, east, north);
      const area = isWhole ? squareArea(west, south, east, north) : pieceOf(piece, isBound);
      if (area !== undefined) yield { row, column, isWhole, area };
    }
  }
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
function rotated(rings: Rings): Rings {
  return { ...rings, along: rings.cut, cut: rings.along.map((along) => -along) };
}

/** Returns whether the rest between the lines is all of it. */
function isRectangle(
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

function pieceOf(rings: Rings, isBound: boolean): MultiPolygon | undefined {
  const y = rings.along.map((along) => 0 - along);
  const x = rings.cut.map((cut) => cut + 0);
  const positions = { x, y, ends: rings.ends, polygons: rings.polygons };
  const piece = areaOfRings(isBound ? withoutCracks(positions) : positions);
  if (piece !== undefined) checkArea(piece);
  return piece;
}
