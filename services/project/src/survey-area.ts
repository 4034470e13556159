import { Code, ConnectError } from "@connectrpc/connect";
import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { checkInWorker } from "@tessera/geometry/check-in-worker.ts";
import { findFaults } from "@tessera/geometry/find-faults.ts";
import { GeometryFault, type Place } from "@tessera/geometry/geometry-fault.ts";
import { GeometryTimeout } from "@tessera/geometry/geometry-timeout.ts";
import { insidePoint } from "@tessera/geometry/inside-point.ts";
import { areaSquareKilometres, boundingBoxOf, vertexCount } from "@tessera/geometry/measure.ts";
import type { FoundFault } from "./area-file/file-fault.ts";
import { FAULTS_MAX, foundFault } from "./area-file/file-reading.ts";
import { areaFaulty } from "./area-refusals.ts";
import { countriesOf } from "./countries.ts";
import { areaTooLarge } from "./refusals.ts";

/** The largest area that this deployment takes. */
export interface AreaLimits {
  vertices: number;
  squareKilometres: number;
}

/** What the service sets beside an area. */
export interface Survey {
  boundingBox: { west: number; south: number; east: number; north: number };
  areaSquareKilometres: number;
  /** A place inside. */
  centroid: Place;
  /** As ISO 3166-1 alpha-2, in alphabetical order. */
  countries: string[];
}

/** A check may take so long, the wait for a free worker included. */
const CHECK_MAX_MS = 10_000;
/** Up to this many vertices all faults are looked for: that takes some 20 ms. */
const INLINE_VERTICES = 2_000;

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
    if (error instanceof GeometryFault) throw areaFaulty(allFaults(area, error), "project.area");
    // How long it takes depends on what else runs: it says nothing about the area.
    if (error instanceof GeometryTimeout) throw new ConnectError(error.message, Code.DeadlineExceeded);
    throw error;
  }
  const survey = measureArea(area);
  const { areaSquareKilometres: size } = survey;
  if (size > limits.squareKilometres) {
    throw areaTooLarge("square_kilometres", Math.ceil(size), limits.squareKilometres);
  }
  return survey;
}

/** Measures a valid area. */
export function measureArea(area: MultiPolygon): Survey {
  return {
    boundingBox: boundingBoxOf(area),
    areaSquareKilometres: areaSquareKilometres(area),
    centroid: insidePoint(area),
    countries: countriesOf(area),
  };
}

/** All faults of an area that is small enough to look for them here; else the one that was met. */
function allFaults(area: MultiPolygon, met: GeometryFault): FoundFault[] {
  const found = vertexCount(area) <= INLINE_VERTICES ? findFaults(area, FAULTS_MAX) : [met];
  return found.map(foundFault);
}
