import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { GridEdge } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import type { FillCut } from "@tessera/geometry/grids/fill-ground.ts";
import type { GridTask } from "@tessera/geometry/grids/grid.ts";
import { fillInWorker } from "@tessera/geometry/work/fill-in-worker.ts";
import type { WorkOptions } from "@tessera/geometry/work/run-in-worker.ts";
import { type Cut, cutArea, shapingFailure } from "./cut-area.ts";
import type { Cover } from "./fill-store.ts";

/**
 * Cuts the ground of an area that no task covers, all of it if the project has had no tasks. The project has at most `tasksMax`
 * tasks afterwards. Refuses TOO_MANY_TASKS, AREA_TOO_INTRICATE and TASK_AREA_INVALID.
 *
 * @throws GeometryTimeout
 */
export async function fillArea(
  request: Cut,
  area: MultiPolygon,
  cover: Cover | undefined,
  tasksMax: number,
  options: WorkOptions,
): Promise<GridTask[]> {
  if (cover === undefined) return cutArea(request, area, tasksMax, options);
  const room = tasksMax - cover.lastTaskId;
  const ground = { area, covers: cover.areas };
  return fillInWorker(ground, wayOf(request), request.areas ?? [], room, options).catch((error: unknown) => {
    throw shapingFailure(error, request, room);
  });
}

function wayOf({ zoom, edge, taskCount, sizeMetres }: Cut): FillCut {
  if (zoom !== undefined) return { by: "zoom", zoom, edge: edge === GridEdge.WHOLE ? "whole" : "clipped" };
  if (taskCount !== undefined) return { by: "count", count: taskCount };
  if (sizeMetres !== undefined) return { by: "size", sizeMetres };
  return { by: "areas" };
}
