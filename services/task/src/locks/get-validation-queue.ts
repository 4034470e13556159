import type { MethodImpl } from "@connectrpc/connect";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import type { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { ownWillDo } from "./claim.ts";

/** Implements tessera.task.v1.TaskService.GetValidationQueue. */
export function getValidationQueue({
  store,
  projects,
}: Deps): MethodImpl<typeof TaskService.method.getValidationQueue> {
  return async ({ projectId, mappedByUserId: mappedBy }, context) => {
    const access = await projects.access(projectId, context);
    const except = ownWillDo(access, LockPurpose.VALIDATION) ? 0n : callerOf(context).userId;
    return { validationQueue: await store.validationQueue({ projectId, except, mappedBy }) };
  };
}
