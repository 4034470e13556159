import type { Access } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import type { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import type { Task } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import type { Caller } from "@tessera/rpc/caller.ts";
import { lock, obstacleToLock } from "./lock.ts";
import type { SlotLimits } from "./lock-slots.ts";
import type { Change, Known } from "./task.ts";

/** The lock on the first of the tasks that the caller may lock; undefined if there is none among them. */
export function lockFirst(
  known: Omit<Known, "task" | "taskId">,
  offered: readonly Task[],
  caller: Caller,
  access: Access,
  purpose: LockPurpose,
  limits: SlotLimits,
): { before: Task; change: Change } | undefined {
  const before = offered.find(
    (task) => obstacleToLock(task, caller, access, purpose, known.now) === undefined,
  );
  if (before === undefined) return undefined;
  const { taskId } = before;
  return { before, change: lock({ ...known, taskId, task: before }, caller, access, purpose, limits) };
}
