import type { MethodImpl } from "@connectrpc/connect";
import { LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { holds, release } from "./lock.ts";

/** Implements tessera.task.v1.LockService.ReleaseLock. */
export function releaseLock({ store, projects }: Deps): MethodImpl<typeof LockService.method.releaseLock> {
  return (request, context) =>
    store.changeTask({
      method: LockService.method.releaseLock,
      request,
      context,
      // What the caller may do in the project, or whether it is there, does not matter to the caller's own lock.
      ask: async (known) =>
        !request.force && holds(known, callerOf(context))
          ? undefined
          : projects.access(request.projectId, context),
      decide: (known, access) =>
        release(known, callerOf(context), access, { token: request.lockToken, force: request.force }),
      answer: ({ task }) => ({
        name: `projects/${task.projectId}/tasks/${task.taskId}/lock`,
        revision: task.revision,
      }),
    });
}
