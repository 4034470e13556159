import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { GeometryFault } from "@tessera/geometry/areas/geometry-fault.ts";
import { vertexCount } from "@tessera/geometry/areas/measure.ts";
import { TaskAreaFault } from "@tessera/geometry/validity/task-area-fault.ts";
import { GeometryTimeout } from "@tessera/geometry/work/geometry-timeout.ts";
import { checkTaskAreasInWorker } from "@tessera/geometry/work/shape-in-worker.ts";
import { areasOverloaded } from "../areas/refusals.ts";
import type { AreaLimits, AreaWork } from "../areas/survey-area.ts";
import { areaInvalid, areaTooLarge, priorityAreasOutside } from "../refusals.ts";

const FIELD = "project.priority_areas";
/** How long a check may take, the wait for a free worker included. */
const CHECK_MAX_MS = 10_000;

/**
 * Checks that priority areas are valid and lie in the area of a project. Refuses in this order: AREA_TOO_LARGE by
 * vertices, AREA_INVALID, PRIORITY_AREAS_OUTSIDE.
 */
export async function checkPriorityAreas(
  areas: MultiPolygon,
  within: MultiPolygon,
  limits: AreaLimits,
  { signal, caller }: AreaWork,
): Promise<void> {
  const vertices = vertexCount(areas);
  if (vertices > limits.vertices) throw areaTooLarge("vertices", vertices, limits.vertices, FIELD);
  try {
    const options = { signal, limitMs: CHECK_MAX_MS, caller: String(caller) };
    await checkTaskAreasInWorker(within, [areas], 1, options);
  } catch (error) {
    if (error instanceof GeometryTimeout) throw areasOverloaded();
    if (!(error instanceof TaskAreaFault)) throw error;
    const { invalid, point } = error;
    if (invalid) throw areaInvalid(new GeometryFault(invalid.rule, invalid.path, point), FIELD);
    throw priorityAreasOutside(point);
  }
}
