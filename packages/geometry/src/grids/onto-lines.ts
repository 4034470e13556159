import { create } from "@bufbuild/protobuf";
import { type MultiPolygon, MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { GeometryFault } from "../areas/geometry-fault.ts";
import { type Outline, outlineOf } from "../areas/outline.ts";
import { checkArea } from "../validity/check-area.ts";
import { sweep, type Touch } from "../validity/plane-sweep.ts";
import type { Lines } from "./cut-into-strips.ts";

/** How far rounding to the seven decimals of OpenStreetMap moves a coordinate, in degrees, also by cutting digits off. */
const SEVEN_DECIMALS_DEGREES = 1e-7;

/** How far rounding to six decimals does (RFC 7946 §11.2), in areas that have no more of them. */
const SIX_DECIMALS_DEGREES = 5e-7;

/** No vertex is moved by more than this share of the strip beside it: the deepest squares keep their shape. */
const MOST_OF_STRIP = 1 / 8;

/**
 * Makes the outline of an area for a cut along lines. A vertex that lies on a line but for the rounding of its coordinates
 * is moved onto it: else a border that follows the lines would leave squares that are not quite whole, and slivers
 * beyond them. The area stays as it is where that would make it invalid.
 *
 * @param rows as negated latitudes, so that they rise from north to south
 * @throws GeometryFault if the area is invalid
 */
export function outlineOntoLines(
  area: MultiPolygon,
  rows: Lines,
  columns: Lines,
): { outline: Outline; touches: Touch[] } {
  const outline = outlineOf(area);
  const touches = sweep(outline);
  const moved = movedOntoLines(area, rows, columns);
  if (moved === undefined) return { outline, touches };
  try {
    checkArea(moved);
  } catch (fault) {
    if (fault instanceof GeometryFault) return { outline, touches };
    throw fault;
  }
  const onLines = outlineOf(moved);
  return { outline: onLines, touches: sweep(onLines) };
}

/** Undefined if no vertex has to be moved. */
function movedOntoLines(area: MultiPolygon, rows: Lines, columns: Lines): MultiPolygon | undefined {
  const { coordinates } = area;
  const reach = coordinates.every(hasSixDecimals) ? SIX_DECIMALS_DEGREES : SEVEN_DECIMALS_DEGREES;
  const moved = coordinates.map((value, i) =>
    i % 2 === 0 ? ontoLine(columns, value, reach) : 0 - ontoLine(rows, -value, reach),
  );
  if (moved.every((value, i) => value === coordinates[i])) return undefined;
  return create(MultiPolygonSchema, { ...area, coordinates: moved });
}

function hasSixDecimals(value: number): boolean {
  return Math.round(value * 1e6) / 1e6 === value;
}

/** The line that a value is on, within reach; else the value. */
function ontoLine({ strips, at, floor }: Lines, value: number, reach: number): number {
  const below = Math.min(Math.max(floor(value), 0), strips - 1);
  const [low, high] = [at(below), at(below + 1)];
  const near = value - low < high - value ? low : high;
  return Math.abs(value - near) <= Math.min(reach, (high - low) * MOST_OF_STRIP) ? near : value;
}
