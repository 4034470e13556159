import type { MethodImpl } from "@connectrpc/connect";
import type { LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import type { Deps } from "../deps.ts";
import { lockNotFound, taskNotFound } from "../refusals.ts";

/** Implements tessera.task.v1.LockService.GetLock. */
export function getLock({ store, projects }: Deps): MethodImpl<typeof LockService.method.getLock> {
  return async ({ projectId, taskId }, context) => {
    await projects.access(projectId, context);
    const task = await store.getTask(projectId, taskId);
    if (task === undefined) throw taskNotFound(projectId, taskId);
    if (task.lock === undefined) throw lockNotFound(task);
    return { lock: task.lock };
  };
}
