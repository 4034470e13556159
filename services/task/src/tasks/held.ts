import type { Lock } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import type { Caller } from "@tessera/rpc/caller.ts";
import { lockExpired, lockNotHeld, lockTokenStale, taskNotFound } from "../refusals.ts";
import { type Known, liveLock } from "./task.ts";
import type { WholeTask } from "./whole-task.ts";

/**
 * The caller's own lock. Without a token: whichever it is. Refuses in this order: TASK_NOT_FOUND, LOCK_NOT_HELD,
 * LOCK_EXPIRED, LOCK_TOKEN_STALE.
 */
export function held(
  known: Known,
  caller: Caller,
  token: bigint | undefined,
): { task: WholeTask; mine: Lock } {
  const { task } = known;
  if (task === undefined) throw taskNotFound(known.projectId, known.taskId);
  const live = liveLock(task, known.now);
  const mine = task.lock?.holderUserId === caller.userId ? task.lock : undefined;
  const expired = task.lock === undefined && task.expiredLock?.holderUserId === caller.userId;
  if (expired && task.expiredLock) throw lockExpired(task, task.expiredLock);
  if (mine === undefined) throw lockNotHeld(task, live);
  if (live === undefined) throw lockExpired(task, mine);
  if (token !== undefined && token !== mine.token) throw lockTokenStale(task, token, mine);
  return { task, mine };
}
