import { create, fromBinary } from "@bufbuild/protobuf";
import { type MultiPolygon, MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { TaskFilterSchema } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { outsideInWorker } from "@tessera/geometry/work/outside-in-worker.ts";
import type { Deps } from "../deps.ts";
import { inParts } from "../operations/in-parts.ts";
import type { LeasedOperation, Perform } from "../operations/operation-runner.ts";
import { selectionOf } from "../selection.ts";
import { firstPriorityAreas } from "../tasks/priority-areas.ts";

/** The most tasks reconciled in one transaction. */
const BATCH = 500;
/** The most tasks tested at once for lying outside. */
const LOOKED_AT = 5_000;
/** The longest time for that, in milliseconds. */
const LOOKING_MAX_MS = 120_000;

/** The pause in seconds before another attempt while the project is being cut into tasks. */
const CUTTING_RETRY_SECONDS = 2;

/** All but those that were split or deleted. */
const GONE: readonly TaskState[] = [TaskState.SPLIT, TaskState.DELETED];
const states = Object.values(TaskState).filter((state) => state > 0 && !GONE.includes(state));

/** The work that ReconcileTasks starts. */
export function reconcileTasksOperation({ store }: Pick<Deps, "store">): Perform {
  return async (leased) => {
    const { lease, signal } = leased;
    const projectId = leased.operation.project_id;
    const selection = selectionOf(projectId, create(TaskFilterSchema, { states }));
    const area = fromBinary(MultiPolygonSchema, leased.operation.area ?? new Uint8Array());
    // Tasks that are being made may be made of an earlier area.
    if (await store.areaFeed.isBeingCut(projectId)) {
      return store.leaveOperation(leased.operation, lease, CUTTING_RETRY_SECONDS);
    }
    // Tasks that are made from here on have the areas of now: those before have their numbers when the work is sized up.
    if (leased.operation.last_task_id === 0) {
      const none = { taskIds: [], outside: new Set<number>(), priorityAreas: new Map<number, number>() };
      await store.reconcileBatch({ operation: leased.operation, lease, selection, ...none });
    }
    await inParts(store, leased, { selection, stage: "reconciling" }, async (operation) => {
      const tasks = await store.nextAreas({ operation, selection, limit: LOOKED_AT });
      const taskIds = tasks.map(({ taskId }) => taskId);
      const outside = await outsideOf(area, tasks, leased);
      const priorityAreas = await priorityAreasOf(tasks, leased);
      let reconciled = operation;
      // Once also without any tasks, so that a cancellation or a reconciliation with a later area is respected.
      for (let start = 0; start === 0 || start < taskIds.length; start += BATCH) {
        signal.throwIfAborted();
        const next = { operation: reconciled, lease, selection, outside, priorityAreas };
        const part = taskIds.slice(start, start + BATCH);
        reconciled = await store.reconcileBatch({ ...next, taskIds: part });
      }
      return { operation: reconciled, more: taskIds.length === LOOKED_AT };
    });
  };
}

type Read = Awaited<ReturnType<Deps["store"]["nextAreas"]>>;

function areasOf(tasks: Read): MultiPolygon[] {
  return tasks.map(({ taskId, area }) => {
    if (area === undefined) throw new Error(`task ${taskId} has no area`);
    return area;
  });
}

function optionsOf({ operation, signal }: LeasedOperation) {
  return { signal, limitMs: LOOKING_MAX_MS, caller: String(operation.user_id) };
}

async function outsideOf(within: MultiPolygon, tasks: Read, leased: LeasedOperation): Promise<Set<number>> {
  const found = await outsideInWorker(within, areasOf(tasks), optionsOf(leased));
  return new Set(found.map((index) => tasks[index]?.taskId ?? 0));
}

async function priorityAreasOf(tasks: Read, leased: LeasedOperation): Promise<Map<number, number>> {
  const areas = leased.operation.priority_areas;
  const found = await firstPriorityAreas(areas, areasOf(tasks), optionsOf(leased));
  return new Map(tasks.map(({ taskId }, index) => [taskId, found[index] ?? 0]));
}
