import { setTimeout as sleep } from "node:timers/promises";
import type { MethodImpl } from "@connectrpc/connect";
import type { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import type { Deps } from "./deps.ts";
import { operationNotFound } from "./operation-refusals.ts";
import { operationOf } from "./store/operation-row.ts";

const WAIT_SECONDS = 20;
/** How often it is looked. */
const LOOK_MS = 200;
/** So long before the caller's deadline the answer is sent, whatever it is. */
const MARGIN_MS = 1_000;

/** Implements tessera.task.v1.TaskService.WaitOperation. */
export function waitOperation({
  store,
  projects,
}: Deps): MethodImpl<typeof TaskService.method.waitOperation> {
  return async ({ projectId, operationId, waitSeconds }, context) => {
    await projects.access(projectId, context);
    const mostMs = (context.timeoutMs() ?? Number.POSITIVE_INFINITY) - MARGIN_MS;
    const until = Date.now() + Math.min((waitSeconds || WAIT_SECONDS) * 1_000, mostMs);
    for (;;) {
      const row = await store.getOperation(projectId, operationId);
      if (row === undefined) throw operationNotFound(projectId, operationId);
      if (row.end_time !== null || Date.now() + LOOK_MS > until) {
        await projects.access(projectId, context);
        return { operation: operationOf(row) };
      }
      await sleep(LOOK_MS, undefined, { signal: context.signal });
    }
  };
}
