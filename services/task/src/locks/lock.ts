import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { secondsOf } from "@tessera/contracts/duration.ts";
import { type Access, ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { type Lock, LockPurpose, LockSchema } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import type { Caller } from "@tessera/rpc/caller.ts";
import type { Refusal } from "@tessera/rpc/refusal.ts";
import {
  claimOnly,
  lockLongestReached,
  lockNotFound,
  lockTokenStale,
  ownMapping,
  ownValidation,
  permit,
  stateNotLockable,
  taskAssigned,
  taskLocked,
  taskNotFound,
} from "../refusals.ts";
import { held } from "../tasks/held.ts";
import { freeSlot, type SlotLimits } from "../tasks/lock-slots.ts";
import {
  begin,
  type Change,
  dateOf,
  follow,
  type Known,
  liveAssignment,
  liveLock,
  timeAfter,
  unchanged,
} from "../tasks/task.ts";
import type { WholeTask } from "../tasks/whole-task.ts";

/** The states from which a task can be locked, by purpose. */
const LOCKABLE: Record<number, readonly TaskState[]> = {
  [LockPurpose.MAPPING]: [TaskState.READY, TaskState.INVALIDATED],
  [LockPurpose.VALIDATION]: [TaskState.MAPPED, TaskState.BAD_IMAGERY, TaskState.INVALIDATED],
};

/**
 * Locks a task that the caller chose. Refuses in this order: what `access` says, LOCK_LIMIT_REACHED, TASK_NOT_FOUND,
 * CLAIM_ONLY, TASK_LOCKED, TASK_STATE_NOT_LOCKABLE, TASK_ASSIGNED, OWN_MAPPING, OWN_VALIDATION.
 */
export function lock(
  known: Known,
  caller: Caller,
  access: Access,
  purpose: LockPurpose,
  limits: SlotLimits,
  secondCheck = false,
): Change {
  const { task, now } = known;
  // What stands against the work itself comes first, and so does a lock that the caller has already.
  const refuseChoice = () => {
    if (task && access.claimOnly && mustClaim(task, caller, access, purpose, now)) throw claimOnly(task);
  };
  return lockChosen(known, caller, access, purpose, limits, { refuseChoice, secondCheck });
}

/** Whether only a claim gives the task to the caller: not to managers, nor to the person for whom it is reserved. */
function mustClaim(
  task: WholeTask,
  caller: Caller,
  access: Access,
  purpose: LockPurpose,
  now: Date,
): boolean {
  if (purpose !== LockPurpose.MAPPING || access.role === ProjectRole.MANAGER) return false;
  return liveAssignment(task, now)?.userId !== caller.userId;
}

/** Locks a task that the service chose. Refuses as `lock` does, but not CLAIM_ONLY. */
export function lockChosen(
  known: Known,
  caller: Caller,
  access: Access,
  purpose: LockPurpose,
  limits: SlotLimits,
  { refuseChoice, secondCheck = false }: { refuseChoice?: () => void; secondCheck?: boolean } = {},
): Change {
  permit(purpose === LockPurpose.MAPPING ? access.mapping : access.validation);
  const slot = freeSlot(known, limits, purpose);
  if (known.task === undefined) throw taskNotFound(known.projectId, known.taskId);
  const present = liveLock(known.task, known.now);
  if (present?.holderUserId === caller.userId && present.purpose === purpose) {
    return unchanged(known.task);
  }
  refuseChoice?.();
  const change = begin(known);
  const obstacle = obstacleToLock(change.task, caller, access, purpose, known.now, secondCheck);
  if (obstacle !== undefined) throw obstacle;
  return { ...take(change, caller, access, purpose, known.now), slot };
}

/**
 * Locks several tasks, all or none. Refuses what stands against the first of them that it cannot lock, as `lock` does;
 * each takes a slot.
 */
export function lockMany(
  knowns: readonly Known[],
  caller: Caller,
  access: Access,
  purpose: LockPurpose,
  limits: SlotLimits,
  secondCheck = false,
): Change[] {
  const slots = [...(knowns[0]?.slots ?? [])];
  return knowns.map((known) => {
    const change = lock({ ...known, slots }, caller, access, purpose, limits, secondCheck);
    const { projectId, taskId } = known;
    const { slot } = change;
    const expireTime = dateOf(change.task.lock?.expireTime);
    if (slot !== undefined) slots.push({ slot, projectId, taskId, expireTime });
    return change;
  });
}

/** What stands against locking a task for somebody who may work on it, if anything does. */
export function obstacleToLock(
  task: WholeTask,
  caller: Pick<Caller, "userId">,
  access: Pick<Access, "role">,
  purpose: LockPurpose,
  now: Date,
  secondCheck = false,
): Refusal | undefined {
  const manages = access.role === ProjectRole.MANAGER;
  const present = liveLock(task, now);
  if (present !== undefined) return taskLocked(task, present, now);
  const again = secondCheck && purpose === LockPurpose.VALIDATION && task.state === TaskState.VALIDATED;
  if (!again && !LOCKABLE[purpose]?.includes(task.state)) return stateNotLockable(task, purpose);
  const reserved = task.assignment !== undefined && dateOf(task.assignment.expireTime) > now;
  const mine = task.assignment?.userId === caller.userId;
  if (purpose === LockPurpose.MAPPING && reserved && !mine && !manages) return taskAssigned(task, now);
  const own = purpose === LockPurpose.VALIDATION && task.mappedByUserId === caller.userId;
  if (own && !manages) return ownMapping(task);
  return again && task.validatedByUserId === caller.userId ? ownValidation(task) : undefined;
}

function take(change: Change, caller: Caller, access: Access, purpose: LockPurpose, now: Date): Change {
  const revision = change.task.revision + 1n;
  const taken = create(LockSchema, {
    projectId: change.task.projectId,
    taskId: change.task.taskId,
    holderUserId: caller.userId,
    purpose,
    // A revision is never used twice and only rises: that is all that is asked of a fencing token.
    token: revision,
    lockTime: timestampFromDate(now),
    expireTime: timeAfter(now, lockSeconds(access)),
    revision,
  });
  const happening = { kind: TaskEventKind.LOCKED, actorUserId: caller.userId, lock: taken };
  return follow(change, happening, { lock: taken, expiredLock: undefined });
}

/** How long a lock lasts, as the project service says it. */
function lockSeconds({ lockDuration }: Access): number {
  return lockDuration === undefined ? 0 : secondsOf(lockDuration);
}

/**
 * Extends the caller's lock, to `longestSeconds` in all at most. Refuses in this order: what `access` says, then as
 * `held`, LOCK_LONGEST_REACHED.
 */
export function extend(
  known: Known,
  caller: Caller,
  access: Access,
  token: bigint | undefined,
  longestSeconds: number,
): Change {
  const validating =
    known.task?.lock?.holderUserId === caller.userId && known.task.lock.purpose === LockPurpose.VALIDATION;
  permit(validating ? access.validation : access.mapping);
  const { task, mine } = held(known, caller, token);
  const present = dateOf(mine.expireTime);
  const longest = new Date(dateOf(mine.lockTime).getTime() + longestSeconds * 1_000);
  if (present >= longest) throw lockLongestReached(mine, longestSeconds);
  const wanted = new Date(known.now.getTime() + lockSeconds(access) * 1_000);
  const expireTime = new Date(Math.max(present.getTime(), Math.min(wanted.getTime(), longest.getTime())));
  const extended = create(LockSchema, {
    ...mine,
    expireTime: timestampFromDate(expireTime),
    revision: task.revision + 1n,
  });
  const happening = { kind: TaskEventKind.LOCK_EXTENDED, actorUserId: caller.userId, lock: extended };
  return { ...follow(unchanged(task), happening, { lock: extended }), holdsUntil: present };
}

/** Whether the caller holds the task: such a lock can be released whatever the caller may do in the project. */
export function holds({ task, now }: Known, { userId }: Pick<Caller, "userId">): boolean {
  return task !== undefined && liveLock(task, now)?.holderUserId === userId;
}

/** How a lock is released. */
export interface Releasing {
  /** 0 for whichever it is. */
  token: bigint | undefined;
  /** Ends it even if another user holds it. */
  force: boolean;
}

/**
 * Releases the caller's lock or, with `force`, that of any holder. Only force needs `access`. Refuses in this order:
 * by force what `access` says, TASK_NOT_FOUND, LOCK_NOT_FOUND, LOCK_TOKEN_STALE; else as `held`.
 */
export function release(
  known: Known,
  caller: Caller,
  access: Access | undefined,
  { token, force }: Releasing,
): Change {
  if (!force) {
    const { task, mine } = held(known, caller, token);
    const happening = { kind: TaskEventKind.LOCK_RELEASED, actorUserId: caller.userId, lock: mine };
    const change = follow(unchanged(task), happening, { lock: undefined });
    return { ...change, holdsUntil: dateOf(mine.expireTime) };
  }
  permit(access?.management);
  const { task } = known;
  if (task === undefined) throw taskNotFound(known.projectId, known.taskId);
  const present = liveLock(task, known.now);
  if (present === undefined) throw lockNotFound(task);
  if (token !== undefined && token !== present.token) throw lockTokenStale(task, token, present);
  return endByForce(unchanged(task), caller, present);
}

/** Ends a lock as a manager. It holds only while the lock does: an expiry is reported as such. */
export function endByForce(change: Change, caller: { userId: bigint | undefined }, present: Lock): Change {
  const mine = present.holderUserId === caller.userId;
  const kind = mine ? TaskEventKind.LOCK_RELEASED : TaskEventKind.LOCK_FORCED;
  const forced = follow(
    change,
    { kind, actorUserId: caller.userId, lock: present },
    {
      lock: undefined,
    },
  );
  return { ...forced, holdsUntil: dateOf(present.expireTime) };
}
