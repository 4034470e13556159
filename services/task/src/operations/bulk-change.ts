import { TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { TaskAction } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import type { Refusal } from "@tessera/rpc/refusal.ts";
import { endByForce } from "../locks/lock.ts";
import { stateNotChangeable, taskAssigned, taskLocked, taskNotDivisible } from "../refusals.ts";
import { isUndoable, restore } from "../submissions/undo.ts";
import { REPLACED } from "../tasks/split.ts";
import {
  begin,
  type Change,
  type Earlier,
  follow,
  type Known,
  liveAssignment,
  liveLock,
} from "../tasks/task.ts";
import type { WholeTask } from "../tasks/whole-task.ts";
import { taskTouched } from "./refusals.ts";

/** What is done to all tasks of a filter. */
export interface Bulk {
  action: TaskAction;
  userId: bigint;
  includeLocked: boolean;
  /** For PRIORITIZE. */
  priority: number;
  /** For REVERT_USER. */
  revertedUserId?: bigint | undefined;
}

/** What else is known of a task. */
export interface BulkFacts {
  /** For REVERT_USER: what stood before all that this person did since somebody else. */
  earlier?: Earlier | undefined;
  /** For SPLIT: whether it has parts. */
  divisible?: boolean;
}

type Values = {
  mappedByUserId?: bigint | undefined;
  validatedByUserId?: bigint | undefined;
  state: TaskState;
  /** A reservation was for mapping, which is done. */
  assignment?: undefined;
};

const { READY, MAPPED, VALIDATED, INVALIDATED, BAD_IMAGERY, SPLIT, WITHDRAWN, DELETED } = TaskState;

/** To which states an action applies, and what it makes of them. */
const TRANSITIONS: Partial<
  Record<TaskAction, { from: readonly TaskState[]; to: (userId: bigint) => Values }>
> = {
  [TaskAction.MAP]: {
    from: [READY, INVALIDATED],
    to: (userId) => ({ state: MAPPED, mappedByUserId: userId, assignment: undefined }),
  },
  [TaskAction.VALIDATE]: {
    from: [MAPPED],
    to: (userId) => ({ state: VALIDATED, validatedByUserId: userId }),
  },
  [TaskAction.INVALIDATE]: {
    from: [MAPPED, VALIDATED],
    to: (userId) => ({ state: INVALIDATED, validatedByUserId: userId }),
  },
  [TaskAction.RESET_BAD_IMAGERY]: {
    from: [BAD_IMAGERY],
    to: () => ({ state: READY, mappedByUserId: undefined, validatedByUserId: undefined }),
  },
  [TaskAction.RESET]: {
    from: [READY, MAPPED, VALIDATED, INVALIDATED, BAD_IMAGERY],
    to: () => ({ state: READY, mappedByUserId: undefined, validatedByUserId: undefined }),
  },
};

/**
 * What a bulk action makes of one task, or why it leaves the task alone: TASK_STATE_NOT_CHANGEABLE, TASK_LOCKED,
 * TASK_NOT_DIVISIBLE, in this order; of DELETE TASK_LOCKED, TASK_ASSIGNED and TASK_TOUCHED. A change without events means that the task is as wanted already.
 */
export function changeInBulk(known: Known, bulk: Bulk, facts: BulkFacts): Change | Refusal {
  const begun = begin(known);
  const { task } = begun;
  const caller = { userId: bulk.userId };
  if (!applies(task, bulk, facts)) return stateNotChangeable(task);
  const present = liveLock(task, known.now);
  if (present !== undefined && (!bulk.includeLocked || bulk.action === TaskAction.DELETE))
    return taskLocked(task, present, known.now);
  if (bulk.action === TaskAction.SPLIT && !facts.divisible) return taskNotDivisible(task.taskId);
  if (bulk.action === TaskAction.DELETE) return deleted(begun, known.now, caller.userId);
  const { holdsUntil: _, ...change } = present ? endByForce(begun, caller, present) : begun;
  if (wanted(task, bulk)) return change;
  return changed(change, bulk, facts);
}

/** Deletes a task that nobody holds, or says what keeps it. An expired reservation ends with it. */
function deleted(begun: Change, now: Date, actorUserId: bigint): Change | Refusal {
  const { task } = begun;
  const { state, stateRevision, submissionCount, commentCount, reportCount } = task;
  if (liveAssignment(task, now) !== undefined) return taskAssigned(task, now);
  const isTouched = state !== READY || (stateRevision ?? 0n) > 0n;
  if (isTouched || submissionCount + commentCount + reportCount > 0) return taskTouched(task);
  return follow(
    begun,
    { kind: TaskEventKind.DELETED, actorUserId },
    { state: DELETED, assignment: undefined },
  );
}

function applies(task: WholeTask, { action, revertedUserId }: Bulk, { earlier }: BulkFacts): boolean {
  if (task.state === SPLIT || task.state === WITHDRAWN || task.state === DELETED) return false;
  if (action === TaskAction.DELETE) return true;
  if (action === TaskAction.PRIORITIZE) return true;
  if (action === TaskAction.SPLIT) return task.state === READY || task.state === INVALIDATED;
  if (action === TaskAction.REVERT_USER) {
    return isUndoable(task) && task.stateUserId === revertedUserId && earlier !== undefined;
  }
  return TRANSITIONS[action]?.from.includes(task.state) ?? false;
}

/** Whether there is nothing left to do. */
function wanted(task: WholeTask, { action, priority }: Bulk): boolean {
  if (action === TaskAction.PRIORITIZE) return task.priority === priority;
  return action === TaskAction.RESET && task.state === READY && task.mappedByUserId === undefined;
}

function changed(change: Change, { action, userId, priority }: Bulk, { earlier }: BulkFacts): Change {
  const actorUserId = userId;
  if (action === TaskAction.PRIORITIZE) {
    return follow(change, { kind: TaskEventKind.PRIORITY_CHANGED, actorUserId, priority }, { priority });
  }
  if (action === TaskAction.SPLIT)
    return follow(change, { kind: TaskEventKind.SPLIT, actorUserId }, REPLACED);
  if (action === TaskAction.REVERT_USER && earlier) return restore(change, { userId }, earlier);
  return follow(change, { kind: TaskEventKind.STATE_CHANGED, actorUserId }, TRANSITIONS[action]?.to(userId));
}
