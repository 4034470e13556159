import type { MethodImpl } from "@connectrpc/connect";
import { LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { lock } from "./lock.ts";

/** Implements tessera.task.v1.LockService.LockTask. */
export function lockTask({
  store,
  projects,
  settings,
}: Deps): MethodImpl<typeof LockService.method.lockTask> {
  return (request, context) =>
    store.changeTask({
      method: LockService.method.lockTask,
      request,
      context,
      slotsFor: request.purpose,
      ask: () => projects.access(request.projectId, context),
      decide: (known, access) => lock(known, callerOf(context), access, request.purpose, settings.slotLimits),
      answer: ({ task, events }) => ({
        name: `projects/${task.projectId}/tasks/${task.taskId}/lock`,
        revision: task.revision,
        response: {
          token: task.lock?.token ?? 0n,
          ...(task.lock?.expireTime && { expireTime: task.lock.expireTime }),
          created: events.length > 0,
        },
      }),
    });
}
