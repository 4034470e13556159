import type { MethodImpl } from "@connectrpc/connect";
import { LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { ofListed } from "../tasks/listed-tasks.ts";
import { holds, release } from "./lock.ts";

/** Implements tessera.task.v1.LockService.ReleaseLocks. */
export function releaseLocks({ store, projects }: Deps): MethodImpl<typeof LockService.method.releaseLocks> {
  return (request, context) =>
    store.changeTasks({
      method: LockService.method.releaseLocks,
      request,
      context,
      taskIds: request.taskIds,
      // What the caller may do in the project, or whether it is there, does not matter to the caller's own locks.
      ask: async (knowns) =>
        !request.force && knowns.every((known) => holds(known, callerOf(context)))
          ? undefined
          : projects.access(request.projectId, context),
      decide: (knowns, access) =>
        ofListed(
          request.taskIds,
          (index) => `task_ids[${index}]`,
          () =>
            knowns.map((known) =>
              release(known, callerOf(context), access, { token: 0n, force: request.force }),
            ),
        ),
      answer: () => ({ name: `projects/${request.projectId}/locks`, revision: 0n }),
    });
}
