import { fromBinary } from "@bufbuild/protobuf";
import { MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import {
  BatchUpdateTasksRequestSchema,
  TaskAction,
} from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import type { GridTask } from "@tessera/geometry/grids/grid.ts";
import type { Deps } from "../deps.ts";
import { partsOf } from "../parts-of.ts";
import { selectionOf } from "../selection.ts";
import type { Batch } from "./batch-store.ts";
import { inParts } from "./in-parts.ts";
import type { LeasedOperation, Perform } from "./operation-runner.ts";

/** The most tasks changed in one transaction. */
const BATCH = 500;
/** The most tasks split in one transaction. */
const SPLIT_BATCH = 100;
/** The longest time to cut a task, in milliseconds. */
const CUTTING_MAX_MS = 15_000;

/** The work that BatchUpdateTasks starts. */
export function batchUpdateTasksOperation({ store, settings }: Pick<Deps, "store" | "settings">): Perform {
  return async (leased) => {
    const { lease } = leased;
    const request = fromBinary(BatchUpdateTasksRequestSchema, leased.operation.request);
    const selection = selectionOf(request.projectId, request.filter);
    const bulk = { ...request, priority: request.priority ?? 0, userId: leased.operation.user_id };
    const splits = request.action === TaskAction.SPLIT;
    const limit = splits ? SPLIT_BATCH : BATCH;
    await inParts(store, leased, { selection, stage: "changing" }, async (operation) => {
      const next = { operation, lease, selection, bulk, limit, tasksMax: settings.tasksMax };
      const parts = splits ? await cutNext(next, leased) : new Map();
      return store.changeBatch({ ...next, parts });
    });
  };

  /** Cuts the next tasks, before anything of them is locked. What cannot be cut is there without parts. */
  async function cutNext(
    next: Pick<Batch, "operation" | "selection" | "limit">,
    { operation, signal }: LeasedOperation,
  ): Promise<Map<number, readonly GridTask[] | undefined>> {
    const within = operation.area ? fromBinary(MultiPolygonSchema, operation.area) : undefined;
    const parts = new Map<number, readonly GridTask[] | undefined>();
    const options = { signal, limitMs: CUTTING_MAX_MS, caller: String(operation.user_id) };
    for (const task of await store.nextAreas(next)) {
      parts.set(task.taskId, await partsOf(task, within, options));
    }
    return parts;
  }
}
