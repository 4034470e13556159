import type { Access } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import type { Caller } from "@tessera/rpc/caller.ts";
import { nothingToUndo, permit, taskChanged, taskLocked, undoNotPermitted } from "../refusals.ts";
import { begin, type Change, type Earlier, follow, type Known, liveLock } from "../tasks/task.ts";
import type { WholeTask } from "../tasks/whole-task.ts";

/** The states that can be undone. */
const UNDOABLE: readonly TaskState[] = [
  TaskState.MAPPED,
  TaskState.VALIDATED,
  TaskState.INVALIDATED,
  TaskState.BAD_IMAGERY,
];

/**
 * Takes the last change of the task's state back. Refuses in this order: what `access` says to somebody who may neither map
 * nor validate, TASK_NOT_FOUND, TASK_CHANGED, TASK_LOCKED, NOTHING_TO_UNDO, UNDO_NOT_PERMITTED.
 */
export function undo(known: Known, caller: Caller, access: Access, expectedRevision: bigint): Change {
  const validates = access.validation?.permitted ?? false;
  if (!validates) permit(access.mapping);
  const change = begin(known);
  const { task } = change;
  if (task.revision !== expectedRevision) throw taskChanged(task, expectedRevision);
  const present = liveLock(task, known.now);
  if (present !== undefined) throw taskLocked(task, present, known.now);
  if (!isUndoable(task) || known.earlier === undefined) throw nothingToUndo(task);
  if (!validates && task.stateUserId !== caller.userId) throw undoNotPermitted(task);
  return restore(change, caller, known.earlier);
}

/** Whether there is a change of state that can be undone. */
export function isUndoable(task: WholeTask): boolean {
  return task.stateRevision !== undefined && UNDOABLE.includes(task.state);
}

/** Gives a task what stood before. */
export function restore(change: Change, caller: Pick<Caller, "userId">, earlier: Earlier): Change {
  return follow(change, { kind: TaskEventKind.UNDONE, actorUserId: caller.userId }, { ...earlier });
}
