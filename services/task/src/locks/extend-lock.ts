import type { MethodImpl } from "@connectrpc/connect";
import { LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { extend } from "./lock.ts";

/** Implements tessera.task.v1.LockService.ExtendLock. */
export function extendLock({
  store,
  projects,
  settings,
}: Deps): MethodImpl<typeof LockService.method.extendLock> {
  return (request, context) =>
    store.changeTask({
      method: LockService.method.extendLock,
      request,
      context,
      ask: () => projects.access(request.projectId, context),
      decide: (known, access) =>
        extend(known, callerOf(context), access, request.lockToken, settings.longestLockSeconds),
      answer: ({ task }) => ({
        name: `projects/${task.projectId}/tasks/${task.taskId}/lock`,
        revision: task.revision,
        response: { ...(task.lock?.expireTime && { expireTime: task.lock.expireTime }) },
      }),
    });
}
