import { setTimeout as sleep } from "node:timers/promises";
import type { MethodImpl } from "@connectrpc/connect";
import type { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import type { Deps } from "./deps.ts";
import { operationNotFound } from "./operation-refusals.ts";
import { operationOf } from "./store/operation-row.ts";
import { whileVisible } from "./visible.ts";

/** How often it is looked. */
const LOOK_MS = 250;

/** Implements tessera.task.v1.TaskService.WatchOperation. */
export function watchOperation(deps: Deps): MethodImpl<typeof TaskService.method.watchOperation> {
  const { store, projects } = deps;
  return async function* ({ projectId, operationId }, context) {
    await projects.access(projectId, context);
    using end = whileVisible(deps, projectId, context);
    const { signal } = end;
    let seen = 0n;
    while (!signal.aborted) {
      const row = await store.getOperation(projectId, operationId);
      if (row === undefined) throw operationNotFound(projectId, operationId);
      if (row.revision > seen) yield { operation: operationOf(row) };
      if (row.end_time !== null) return;
      seen = row.revision;
      await sleep(LOOK_MS, undefined, { signal }).catch(() => {});
    }
    end.throwIfLost();
  };
}
