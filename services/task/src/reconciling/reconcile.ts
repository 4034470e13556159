import { TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import type { Refusal } from "@tessera/rpc/refusal.ts";
import { taskTouched } from "../operations/refusals.ts";
import { taskAssigned, taskLocked } from "../refusals.ts";
import { begin, type Change, dateOf, follow, type Known, liveLock } from "../tasks/task.ts";
import type { WholeTask } from "../tasks/whole-task.ts";

const { READY, WITHDRAWN } = TaskState;
const { WITHDRAWN: WITHDRAWAL, RESTORED, KEPT_OUTSIDE, PRIORITY_AREA_CHANGED } = TaskEventKind;

/** What a reconciliation makes of a task. */
export interface Reconciled {
  /** Without events if the task is as it should be. */
  change: Change;
  /** What became of it, if it was taken out of the work or came back. */
  result?: "WITHDRAWN" | "RESTORED";
  /** Why it is kept though it lies outside. */
  kept?: Refusal;
}

/** Where a task lies by the project's areas of now. */
export interface Place {
  outside: boolean;
  /** The first priority area that it shares ground with; 0 for none. */
  priorityArea: number;
}

/**
 * Reconciles a task with the project's area, outside of which it lies, or not, and with its priority areas. A task outside is
 * withdrawn unless somebody touched it; a withdrawn one inside is to be mapped again. A lock that somebody holds stays.
 */
export function reconcile(known: Known, actorUserId: bigint | undefined, place: Place): Reconciled {
  const reconciled = withArea(begin(known), known.now, actorUserId, place.outside);
  const { change } = reconciled;
  const { priorityArea } = place;
  if (change.task.priorityArea === priorityArea || isGone(change.task)) return reconciled;
  const happening = { kind: PRIORITY_AREA_CHANGED, actorUserId };
  return { ...reconciled, change: follow(change, happening, { priorityArea }) };
}

function withArea(begun: Change, now: Date, actorUserId: bigint | undefined, outside: boolean): Reconciled {
  const { task } = begun;
  if (isGone(task)) return { change: begun };
  if (!outside) return inside(begun, actorUserId);
  if (task.state === WITHDRAWN) return { change: begun };
  const kept = touch(task, now);
  if (kept !== undefined) {
    const happening = { kind: KEPT_OUTSIDE, actorUserId };
    return { change: task.outsideArea ? begun : follow(begun, happening, { outsideArea: true }), kept };
  }
  // An expired reservation ends with it: the task is for everybody again.
  const difference = { state: WITHDRAWN, outsideArea: true, assignment: undefined };
  return {
    change: follow(begun, { kind: WITHDRAWAL, actorUserId }, difference),
    result: "WITHDRAWN",
  };
}

function inside(begun: Change, actorUserId: bigint | undefined): Reconciled {
  const { task } = begun;
  const happening = { kind: RESTORED, actorUserId };
  if (task.state === WITHDRAWN) {
    return {
      change: follow(begun, happening, { state: READY, outsideArea: false }),
      result: "RESTORED",
    };
  }
  return { change: task.outsideArea ? follow(begun, happening, { outsideArea: false }) : begun };
}

/** Whether a task was replaced by its parts, or deleted: where the area lies does not matter to it. */
function isGone({ state }: WholeTask): boolean {
  return state === TaskState.SPLIT || state === TaskState.DELETED;
}

/** What keeps a task that lies outside: in this order TASK_LOCKED, TASK_ASSIGNED, TASK_TOUCHED. */
function touch(task: WholeTask, now: Date): Refusal | undefined {
  const present = liveLock(task, now);
  if (present !== undefined) return taskLocked(task, present, now);
  if (task.assignment !== undefined && dateOf(task.assignment.expireTime) > now)
    return taskAssigned(task, now);
  return task.state !== READY || task.submissionCount > 0 ? taskTouched(task) : undefined;
}
