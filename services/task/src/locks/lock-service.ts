import type { ServiceImpl } from "@connectrpc/connect";
import type { LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import type { Deps } from "../deps.ts";
import { claimTask } from "./claim-task.ts";
import { extendLock } from "./extend-lock.ts";
import { getLock } from "./get-lock.ts";
import { listHeldLocks } from "./list-held-locks.ts";
import { listLocks } from "./list-locks.ts";
import { lockTask } from "./lock-task.ts";
import { lockTasks } from "./lock-tasks.ts";
import { releaseLock } from "./release-lock.ts";
import { releaseLocks } from "./release-locks.ts";

/** Implements tessera.task.v1.LockService. */
export function lockService(deps: Deps): ServiceImpl<typeof LockService> {
  return {
    lockTask: lockTask(deps),
    lockTasks: lockTasks(deps),
    claimTask: claimTask(deps),
    getLock: getLock(deps),
    listLocks: listLocks(deps),
    listHeldLocks: listHeldLocks(deps),
    extendLock: extendLock(deps),
    releaseLock: releaseLock(deps),
    releaseLocks: releaseLocks(deps),
  };
}
