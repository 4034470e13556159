import { Code, ConnectError } from "@connectrpc/connect";
import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { checkInWorker } from "@tessera/geometry/check-in-worker.ts";
import { GeometryFault } from "@tessera/geometry/geometry-fault.ts";
import { GeometryTimeout } from "@tessera/geometry/geometry-timeout.ts";
import { areaSquareKilometres, boundingBoxOf, vertexCount } from "@tessera/geometry/measure.ts";
import { areaInvalid, areaTooLarge } from "./refusals.ts";

/** The largest area that this deployment takes. */
export interface AreaLimits {
  vertices: number;
  squareKilometres: number;
}

/** What the service sets beside an area. */
export interface Survey {
  boundingBox: { west: number; south: number; east: number; north: number };
  areaSquareKilometres: number;
}

/** A check may take so long, the wait for a free worker included. */
const CHECK_MAX_MS = 10_000;

/**
 * Checks an area of interest and measures it. Refuses in this order: AREA_TOO_LARGE by vertices (before any work is
 * done), AREA_INVALID, AREA_TOO_LARGE by square kilometres (an invalid area has no size).
 */
export async function surveyArea(
  area: MultiPolygon,
  limits: AreaLimits,
  signal: AbortSignal,
): Promise<Survey> {
  const vertices = vertexCount(area);
  if (vertices > limits.vertices) throw areaTooLarge("vertices", vertices, limits.vertices);
  try {
    await checkInWorker(area, { signal, limitMs: CHECK_MAX_MS });
  } catch (error) {
    if (error instanceof GeometryFault) throw areaInvalid(error);
    // How long it takes depends on what else runs: it says nothing about the area.
    if (error instanceof GeometryTimeout) throw new ConnectError(error.message, Code.DeadlineExceeded);
    throw error;
  }
  const size = areaSquareKilometres(area);
  if (size > limits.squareKilometres) {
    throw areaTooLarge("square_kilometres", Math.ceil(size), limits.squareKilometres);
  }
  return { boundingBox: boundingBoxOf(area), areaSquareKilometres: size };
}
