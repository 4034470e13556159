import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { GeometryFault } from "@tessera/geometry/areas/geometry-fault.ts";
import { vertexCount } from "@tessera/geometry/areas/measure.ts";
import { findFaults } from "@tessera/geometry/validity/find-faults.ts";
import { checkInWorker } from "@tessera/geometry/work/check-in-worker.ts";
import { GeometryTimeout } from "@tessera/geometry/work/geometry-timeout.ts";
import type { WorkOptions } from "@tessera/geometry/work/run-queued.ts";
import type { FoundFault } from "../area-files/file-fault.ts";
import { FAULTS_MAX, foundFault } from "../area-files/file-reading.ts";
import { areaTooLarge } from "../refusals.ts";
import type { Survey } from "../survey/measure-area.ts";
import { measureInWorker } from "../survey/measure-in-worker.ts";
import { areaFaulty, areasOverloaded } from "./refusals.ts";

/** The largest area that this deployment takes. */
export interface AreaLimits {
  vertices: number;
  squareKilometres: number;
}

/** For whom an area is checked, and until when. */
export interface AreaWork {
  signal: AbortSignal;
  caller: bigint;
}

/** How long a check may take, the wait for a free worker included. */
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
  { signal, caller }: AreaWork,
): Promise<Survey> {
  const vertices = vertexCount(area);
  if (vertices > limits.vertices) throw areaTooLarge("vertices", vertices, limits.vertices);
  const survey = await surveyInWorker(area, { signal, limitMs: CHECK_MAX_MS, caller: String(caller) });
  const { areaSquareKilometres: size } = survey;
  if (size > limits.squareKilometres) {
    throw areaTooLarge("square_kilometres", Math.ceil(size), limits.squareKilometres);
  }
  return survey;
}

async function surveyInWorker(area: MultiPolygon, options: WorkOptions): Promise<Survey> {
  try {
    await checkInWorker(area, options);
    return await measureInWorker(area, options);
  } catch (error) {
    if (error instanceof GeometryFault) throw areaFaulty(allFaults(area, error), "project.area");
    // How long it takes depends on what else runs: it says nothing about the area.
    if (error instanceof GeometryTimeout) throw areasOverloaded();
    throw error;
  }
}

/** All faults of an area that is small enough to look for them here; else the one that was met. */
function allFaults(area: MultiPolygon, met: GeometryFault): FoundFault[] {
  const found = vertexCount(area) <= INLINE_VERTICES ? findFaults(area, FAULTS_MAX) : [met];
  return found.map(foundFault);
}
