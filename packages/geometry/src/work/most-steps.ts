import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { boundingBoxOf } from "../areas/measure.ts";
import type { Lines } from "../grids/cut-into-strips.ts";

/** Up to this many steps an area is cut where it is: that takes some 20 ms at most, and a thread's start 50. */
export const INLINE_STEPS = 20_000;

/** The most that a cut along lines can take: each square once, and each edge in every row and column. */
export function mostSteps(area: MultiPolygon, rows: Lines, columns: Lines): number {
  const box = boundingBoxOf(area);
  const width = columns.floor(box.east) - columns.floor(box.west) + 1;
  const height = rows.floor(-box.south) - rows.floor(-box.north) + 1;
  return width * height + (area.coordinates.length / 2) * (width + height);
}
