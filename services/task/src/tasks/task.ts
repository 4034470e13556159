import { create } from "@bufbuild/protobuf";
import { type Timestamp, timestampDate, timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { Assignment } from "@tessera/contracts/tessera/task/v1/assignment_pb.ts";
import type { Comment } from "@tessera/contracts/tessera/task/v1/comment_pb.ts";
import type { Lock } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import type { Report } from "@tessera/contracts/tessera/task/v1/report_pb.ts";
import type { Submission } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import {
  type TaskEvent,
  TaskEventKind,
  TaskEventSchema,
} from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import type { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { taskNotFound } from "../refusals.ts";
import type { Slot } from "./lock-slots.ts";
import type { WholeTask } from "./whole-task.ts";

/** What is known of a task when a command on it is decided. */
export interface Known {
  projectId: number;
  taskId: number;
  /** Undefined if the project has no such task. An expired lock stays in it until its end is written. */
  task: WholeTask | undefined;
  /** The locks that the caller holds anywhere, for the purpose in question. */
  slots: readonly Slot[];
  /** By the database's clock. */
  now: Date;
  /** What stood before the task's present state. Known where a command asks for it. */
  earlier?: Earlier;
}

/** What stood before a change of state, and stands again when that is undone. */
export interface Earlier {
  state: TaskState;
  stateRevision: bigint | undefined;
  stateUserId: bigint | undefined;
  mappedByUserId: bigint | undefined;
  validatedByUserId: bigint | undefined;
}

/** What a command makes of a task. Written whole, if the task still has the revision that it had when it was read. */
export interface Change {
  /** The task as it was read. */
  before: WholeTask;
  /** The task as it shall be. Its revision counts up by one for each event. */
  task: WholeTask;
  /** What happened, in order. None if the task is as the caller wants it already. */
  events: TaskEvent[];
  /** Which of the caller's slots a new lock takes. */
  slot?: number;
  submission?: Submission;
  comment?: Comment;
  report?: Report;
  /** The decision holds only before this moment, at which the caller's own lock expires. */
  holdsUntil?: Date;
}

/** A change that leaves the task as it was read. */
export function unchanged(task: WholeTask): Change {
  return { before: task, task, events: [] };
}

/** The task of a command, with the end of an expired lock written first. Refuses TASK_NOT_FOUND. */
export function begin({ task, projectId, taskId, now }: Known): Change {
  if (task === undefined) throw taskNotFound(projectId, taskId);
  const { lock } = task;
  if (lock === undefined || dateOf(lock.expireTime) > now) return unchanged(task);
  const expiry = { kind: TaskEventKind.LOCK_EXPIRED, lock, actorUserId: undefined };
  const change = follow(unchanged(task), expiry, { lock: undefined, expiredLock: lock });
  const [event] = change.events;
  if (event && lock.expireTime) event.eventTime = lock.expireTime;
  return change;
}

type Happening = Pick<TaskEvent, "kind"> & { actorUserId: bigint | undefined } & Partial<
    Omit<TaskEvent, "$typeName" | "actorUserId">
  >;
type Difference = { [K in keyof Omit<WholeTask, "$typeName">]?: WholeTask[K] | undefined };

/**
 * Adds an event to a change, with what it makes of the task. An event without a time happens when it is committed; one
 * that changes the state is the one to undo.
 */
export function follow(change: Change, happening: Happening, difference: Difference = {}): Change {
  const { task } = change;
  const revision = task.revision + 1n;
  const mutex = difference.state !== undefined && happening.kind !== TaskEventKind.UNDONE;
  const stateFields = mutex ? { stateRevision: revision, stateUserId: happening.actorUserId } : {};
  // A message without a field and one whose field is undefined are the same to all who read it.
  const next = { ...task, ...stateFields, ...difference, revision } as WholeTask;
  const freed = "assignment" in difference && difference.assignment === undefined && task.assignment;
  const event = create(TaskEventSchema, {
    projectId: task.projectId,
    taskId: task.taskId,
    revision,
    fromState: task.state,
    toState: next.state,
    ...(freed && { assignedUserId: freed.userId }),
    ...happening,
  });
  return { ...change, task: next, events: [...change.events, event] };
}

/** The lock on a task, unless it expired. */
export function liveLock(task: WholeTask, now: Date): Lock | undefined {
  return task.lock !== undefined && dateOf(task.lock.expireTime) > now ? task.lock : undefined;
}

export function dateOf(time: Lock["expireTime"]): Date {
  return time === undefined ? new Date(0) : timestampDate(time);
}

export function timeAfter(time: Date, seconds: number) {
  return timestampFromDate(new Date(time.getTime() + seconds * 1000));
}

/** The reservation of a task, unless it expired. */
export function liveAssignment({ assignment }: WholeTask, now: Date): Assignment | undefined {
  return assignment !== undefined && dateOf(assignment.expireTime) > now ? assignment : undefined;
}

/** What a command makes, as it is shown once it is committed. */
export function writtenAt<T extends { createTime?: Timestamp | undefined }>(made: T, commitTime: Date): T {
  return { ...made, createTime: timestampFromDate(commitTime) };
}
