import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { type CreateTasksRequest, GridEdge } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { GeometryFault } from "@tessera/geometry/areas/geometry-fault.ts";
import type { GridTask } from "@tessera/geometry/grids/grid.ts";
import { refuseTooMany } from "@tessera/geometry/grids/refuse-too-many.ts";
import { TaskAreaFault } from "@tessera/geometry/validity/task-area-fault.ts";
import { TooManyTasks } from "@tessera/geometry/validity/too-many-tasks.ts";
import { cutInWorker } from "@tessera/geometry/work/cut-in-worker.ts";
import { GeometryTimeout } from "@tessera/geometry/work/geometry-timeout.ts";
import type { WorkOptions } from "@tessera/geometry/work/run-in-worker.ts";
import {
  aboutInWorker,
  checkTaskAreasInWorker,
  squaresInWorker,
} from "@tessera/geometry/work/shape-in-worker.ts";
import { areaTooIntricate, taskAreaInvalid, tooManyTasks } from "./refusals.ts";

/** How an area is to be cut: exactly one of `zoom`, `taskCount`, `sizeMetres` and `areas` is stated. */
export type Cut = Partial<Pick<CreateTasksRequest, "zoom" | "edge" | "taskCount" | "sizeMetres" | "areas">>;

/**
 * Cuts an area into at most `limit` tasks. Refuses TOO_MANY_TASKS, AREA_TOO_INTRICATE and TASK_AREA_INVALID.
 *
 * @throws GeometryTimeout
 */
export async function cutArea(
  request: Cut,
  area: MultiPolygon,
  limit: number,
  options: WorkOptions,
): Promise<GridTask[]> {
  return shape(request, area, limit, options).catch((error: unknown) => {
    throw shapingFailure(error, request, limit);
  });
}

/**
 * Refuses what can be known of a cut before the work: every fault of a small one, and of a large one that the size of the area
 * shows too many tasks. Refuses TOO_MANY_TASKS, AREA_TOO_INTRICATE and TASK_AREA_INVALID.
 */
export async function refuseAtOnce(request: Cut, area: MultiPolygon, limit: number): Promise<void> {
  try {
    refuseTooMany(area, request, limit);
    await shape(request, area, limit, { limitMs: 0 });
  } catch (error) {
    if (!(error instanceof GeometryTimeout)) throw shapingFailure(error, request, limit);
  }
}

async function shape(
  { zoom, edge, taskCount, sizeMetres, areas = [] }: Cut,
  area: MultiPolygon,
  limit: number,
  options: WorkOptions,
): Promise<GridTask[]> {
  if (zoom !== undefined)
    return cutInWorker(area, zoom, edge === GridEdge.WHOLE ? "whole" : "clipped", limit, options);
  if (taskCount !== undefined) return aboutInWorker(area, taskCount, limit, options);
  if (sizeMetres !== undefined) return squaresInWorker(area, sizeMetres, limit, options);
  await checkTaskAreasInWorker(area, areas, limit, options);
  return areas.map((it) => ({ area: it }));
}

/** What it means to the caller that an area could not be made into tasks. */
export function shapingFailure(error: unknown, request: Cut, tasksMax: number): unknown {
  if (error instanceof TooManyTasks) return tooManyTasks(tasksMax, request);
  if (error instanceof TaskAreaFault) return taskAreaInvalid(error);
  // The project service took the area for valid: what is left is what only shows in cutting.
  if (error instanceof GeometryFault) return areaTooIntricate(request, error.point);
  return error;
}
