import { type Access, ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import type { Caller } from "@tessera/rpc/caller.ts";
import { noTaskAvailable, permit } from "../refusals.ts";
import { freeSlot, type SlotLimits } from "../tasks/lock-slots.ts";
import type { Change, Known } from "../tasks/task.ts";
import type { WholeTask } from "../tasks/whole-task.ts";
import { lockChosen, obstacleToLock } from "./lock.ts";

/** What there is to claim. */
export interface Offered {
  /** What is offered to this caller, the best first. */
  tasks: readonly WholeTask[];
  /** Whether there is anything at all; what is not offered here was offered to others. */
  some: boolean;
}

/**
 * Locks the first of the tasks that the caller may lock. Undefined if others were offered what there is: look again.
 * Refuses in this order: what `access` says, LOCK_LIMIT_REACHED, NO_TASK_AVAILABLE.
 */
export function claim(
  known: Known,
  { tasks, some }: Offered,
  caller: Caller,
  access: Access,
  purpose: LockPurpose,
  limits: SlotLimits,
): Change | undefined {
  permit(purpose === LockPurpose.MAPPING ? access.mapping : access.validation);
  freeSlot(known, limits, purpose);
  if (!some) throw noTaskAvailable(known.projectId, purpose);
  const task = tasks.find((it) => obstacleToLock(it, caller, access, purpose, known.now) === undefined);
  if (task === undefined) return undefined;
  return lockChosen({ ...known, taskId: task.taskId, task }, caller, access, purpose, limits);
}

/** Whether the caller's own mapping will do where there is no other: a manager may validate it. */
export function ownWillDo({ role }: Access, purpose: LockPurpose): boolean {
  return role === ProjectRole.MANAGER && purpose === LockPurpose.VALIDATION;
}
