import { fromBinary } from "@bufbuild/protobuf";
import { type MultiPolygon, MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import {
  type CreateTasksRequest,
  CreateTasksRequestSchema,
  GridEdge,
} from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { GeometryFault } from "@tessera/geometry/areas/geometry-fault.ts";
import type { GridTask } from "@tessera/geometry/grids/grid.ts";
import { TaskAreaFault } from "@tessera/geometry/validity/task-area-fault.ts";
import { TooManyTasks } from "@tessera/geometry/validity/too-many-tasks.ts";
import { cutInWorker } from "@tessera/geometry/work/cut-in-worker.ts";
import type { WorkOptions } from "@tessera/geometry/work/run-in-worker.ts";
import {
  aboutInWorker,
  checkTaskAreasInWorker,
  squaresInWorker,
} from "@tessera/geometry/work/shape-in-worker.ts";
import type { Deps } from "../deps.ts";
import { tasksExist } from "../refusals.ts";
import type { Perform } from "./operation-runner.ts";
import { areaTooIntricate, taskAreaInvalid, tooManyTasks } from "./refusals.ts";
import { TasksExist } from "./set-store.ts";

/** The longest time to cut an area, in milliseconds. */
const CUTTING_MAX_MS = 120_000;

/** The work that CreateTasks starts. */
export function createTasksOperation({ store, settings }: Pick<Deps, "store" | "settings">): Perform {
  return async ({ operation, lease, signal }) => {
    await store.advance(operation, lease, { stage: "cutting" });
    const request = fromBinary(CreateTasksRequestSchema, operation.request);
    const area = fromBinary(MultiPolygonSchema, operation.area ?? new Uint8Array());
    const options = { signal, limitMs: CUTTING_MAX_MS, caller: String(operation.user_id) };
    const tasks = await shape(request, area, settings.tasksMax, options).catch((error: unknown) => {
      throw shapingFailure(error, request, settings.tasksMax);
    });
    await store.advance(operation, lease, { stage: "writing", unit_count: tasks.length });
    signal.throwIfAborted();
    try {
      await store.createTasks(operation, lease, tasks);
    } catch (error) {
      if (!(error instanceof TasksExist)) throw error;
      throw tasksExist(operation.project_id, (await store.countTasks(operation.project_id)) ?? 0);
    }
  };
}

async function shape(
  { zoom, edge, taskCount, sizeMetres, areas }: CreateTasksRequest,
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
export function shapingFailure(
  error: unknown,
  request: Partial<CreateTasksRequest>,
  tasksMax: number,
): unknown {
  if (error instanceof TooManyTasks) return tooManyTasks(tasksMax, request);
  if (error instanceof TaskAreaFault) return taskAreaInvalid(error);
  // The project service took the area for valid: what is left is what only shows in cutting.
  if (error instanceof GeometryFault) return areaTooIntricate(request, error.point);
  return error;
}
