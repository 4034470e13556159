import { create } from "@bufbuild/protobuf";
import { timestampDate, timestampFromDate } from "@bufbuild/protobuf/wkt";
import { type Access, ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { type Lock, LockPurpose, LockSchema } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import {
  type Submission,
  SubmissionOutcome,
  SubmissionSchema,
} from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import {
  type TaskEvent,
  TaskEventKind,
  TaskEventSchema,
} from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { type Task, TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import type { Caller } from "@tessera/rpc/caller.ts";
import { freeSlot, type Slot, type SlotLimits } from "./lock-slots.ts";
import {
  lockExpired,
  lockLongestReached,
  lockNotHeld,
  lockTokenStale,
  outcomeNotPossible,
  ownMapping,
  permit,
  stateNotLockable,
  taskLocked,
  taskNotFound,
} from "./refusals.ts";

/** What is known of a task when a command on it is decided. */
export interface Known {
  projectId: number;
  taskId: number;
  /** Undefined if the project has no such task. */
  task: Task | undefined;
  /** The locks that the caller holds anywhere, for the purpose in question. */
  slots: readonly Slot[];
  /** By the database's clock. */
  now: Date;
}

/** What a command makes of a task. Written whole, if the task still has the revision that it was made from. */
export interface Change {
  /** The task as it shall be. Its revision counts up by one for each event. */
  task: Task;
  /** What happened, in order. None if the task is as the caller wants it already. */
  events: TaskEvent[];
  /** Which of the caller's slots a new lock takes. */
  slot?: number;
  submission?: Submission;
  /** The decision stands only before this moment: the caller's own lock runs out then. */
  holdsUntil?: Date;
}

/** The states from which a task can be locked, by purpose. */
const LOCKABLE: Record<number, readonly TaskState[]> = {
  [LockPurpose.MAPPING]: [TaskState.READY, TaskState.INVALIDATED],
  [LockPurpose.VALIDATION]: [TaskState.MAPPED, TaskState.BAD_IMAGERY, TaskState.INVALIDATED],
};

/** How a lock may end: by purpose, the state that each outcome gives the task. */
const OUTCOMES: Record<number, Partial<Record<SubmissionOutcome, TaskState>>> = {
  [LockPurpose.MAPPING]: {
    [SubmissionOutcome.MAPPED]: TaskState.MAPPED,
    [SubmissionOutcome.BAD_IMAGERY]: TaskState.BAD_IMAGERY,
  },
  [LockPurpose.VALIDATION]: {
    [SubmissionOutcome.VALIDATED]: TaskState.VALIDATED,
    [SubmissionOutcome.INVALIDATED]: TaskState.INVALIDATED,
  },
};

/**
 * Locks a task for the caller. Refuses in this order: what `access` says, LOCK_LIMIT_REACHED, TASK_NOT_FOUND,
 * TASK_LOCKED, TASK_STATE_NOT_LOCKABLE, OWN_MAPPING.
 */
export function lock(
  known: Known,
  caller: Caller,
  access: Access,
  purpose: LockPurpose,
  limits: SlotLimits,
): Change {
  permit(purpose === LockPurpose.MAPPING ? access.mapping : access.validation);
  const { now } = known;
  const slot = freeSlot(known, limits, purpose);
  const task = found(known);
  const present = liveLock(task, now);
  if (present?.holderUserId === caller.userId && present.purpose === purpose) return { task, events: [] };
  if (present !== undefined) throw taskLocked(present, now);
  if (!LOCKABLE[purpose]?.includes(task.state)) throw stateNotLockable(task, purpose);
  const own = purpose === LockPurpose.VALIDATION && task.mappedByUserId === caller.userId;
  if (own && access.role !== ProjectRole.MANAGER) throw ownMapping();

  const expiry = task.lock === undefined ? [] : [expired(task, task.lock)];
  const revision = task.revision + BigInt(expiry.length) + 1n;
  const taken = create(LockSchema, {
    holderUserId: caller.userId,
    purpose,
    // A revision is never used twice and only rises: that is all that is asked of a fencing token.
    token: revision,
    lockTime: timestampFromDate(now),
    expireTime: timestampFromDate(secondsAfter(now, access.lockSeconds)),
    revision,
  });
  const next = changed(task, { lock: taken, revision });
  return { task: next, events: [...expiry, event(task, next, TaskEventKind.LOCKED, caller, taken)], slot };
}

/**
 * Extends the caller's lock, to `longestSeconds` in all at most. Refuses in this order: what `access` says, then as
 * `held`, LOCK_LONGEST_REACHED.
 */
export function extend(
  known: Known,
  caller: Caller,
  access: Access,
  token: bigint,
  longestSeconds: number,
): Change {
  const validating =
    known.task?.lock?.holderUserId === caller.userId && known.task.lock.purpose === LockPurpose.VALIDATION;
  permit(validating ? access.validation : access.mapping);
  const { task, mine } = held(known, caller, token);
  const present = dateOf(mine.expireTime);
  const longest = secondsAfter(dateOf(mine.lockTime), longestSeconds);
  if (present >= longest) throw lockLongestReached(mine, longestSeconds);
  const wanted = secondsAfter(known.now, access.lockSeconds);
  const expireTime = new Date(Math.max(present.getTime(), Math.min(wanted.getTime(), longest.getTime())));
  const revision = task.revision + 1n;
  const extended = create(LockSchema, { ...mine, expireTime: timestampFromDate(expireTime), revision });
  const next = changed(task, { lock: extended, revision });
  const happened = event(task, next, TaskEventKind.LOCK_EXTENDED, caller, extended);
  return { task: next, events: [happened], holdsUntil: present };
}

/** Gives the caller's lock back. Refuses as `held`. */
export function release(known: Known, caller: Caller, token: bigint): Change {
  const { task, mine } = held(known, caller, token);
  const next = changed(task, { lock: undefined, revision: task.revision + 1n });
  const happened = event(task, next, TaskEventKind.LOCK_RELEASED, caller, mine);
  return { task: next, events: [happened], holdsUntil: dateOf(mine.expireTime) };
}

/** Hands the task in. Refuses in this order: what `access` says, then as `held`, OUTCOME_NOT_POSSIBLE. */
export function submit(
  known: Known,
  caller: Caller,
  access: Access,
  work: { lockToken: bigint; outcome: SubmissionOutcome; comment: string },
): Change {
  const mapping = work.outcome in (OUTCOMES[LockPurpose.MAPPING] ?? {});
  permit(mapping ? access.mapping : access.validation);
  const { task, mine } = held(known, caller, work.lockToken);
  const state = OUTCOMES[mine.purpose]?.[work.outcome];
  if (state === undefined) throw outcomeNotPossible(mine, work.outcome);

  const submissionId = task.submissionCount + 1;
  const next = changed(task, {
    state,
    lock: undefined,
    submissionCount: submissionId,
    revision: task.revision + 1n,
    ...(mapping ? { mappedByUserId: caller.userId } : { validatedByUserId: caller.userId }),
  });
  const submission = create(SubmissionSchema, {
    projectId: task.projectId,
    taskId: task.taskId,
    submissionId,
    userId: caller.userId,
    outcome: work.outcome,
    comment: work.comment,
    lockToken: mine.token,
    revision: 1n,
  });
  const happened = event(task, next, TaskEventKind.SUBMITTED, caller, mine);
  happened.submissionId = submissionId;
  return { task: next, events: [happened], submission, holdsUntil: dateOf(mine.expireTime) };
}

/** The lock on a task, unless it ran out. */
export function liveLock(task: Task, now: Date): Lock | undefined {
  return task.lock !== undefined && dateOf(task.lock.expireTime) > now ? task.lock : undefined;
}

/**
 * The caller's own lock. A token of 0 stands for whichever it is. Refuses in this order: TASK_NOT_FOUND, LOCK_NOT_HELD,
 * LOCK_EXPIRED, LOCK_TOKEN_STALE.
 */
function held(known: Known, caller: Caller, token: bigint): { task: Task; mine: Lock } {
  const task = found(known);
  const live = liveLock(task, known.now);
  const mine = task.lock?.holderUserId === caller.userId ? task.lock : undefined;
  if (mine === undefined) throw lockNotHeld(live);
  if (live === undefined) throw lockExpired(mine);
  if (token !== 0n && token !== mine.token) throw lockTokenStale(token, mine);
  return { task, mine };
}

function found({ task, projectId, taskId }: Known): Task {
  if (task === undefined) throw taskNotFound(projectId, taskId);
  return task;
}

/** The end of a lock that ran out, written down when the task is next locked. */
function expired(task: Task, ranOut: Lock): TaskEvent {
  const next = { ...task, revision: task.revision + 1n };
  const happened = event(task, next, TaskEventKind.LOCK_EXPIRED, { userId: 0n }, ranOut);
  if (ranOut.expireTime !== undefined) happened.eventTime = ranOut.expireTime;
  return happened;
}

/** An event without a time happens when it is committed. */
function event(
  before: Task,
  after: Task,
  kind: TaskEventKind,
  actor: Pick<Caller, "userId">,
  ofLock: Lock,
): TaskEvent {
  return create(TaskEventSchema, {
    projectId: before.projectId,
    taskId: before.taskId,
    revision: after.revision,
    kind,
    actorUserId: actor.userId,
    fromState: before.state,
    toState: after.state,
    lock: ofLock,
  });
}

function changed(task: Task, difference: Partial<Omit<Task, "lock">> & { lock: Lock | undefined }): Task {
  const { lock: next, ...rest } = difference;
  const { lock: _, ...kept } = task;
  return { ...kept, ...rest, ...(next && { lock: next }) };
}

function dateOf(time: Lock["expireTime"]): Date {
  return time === undefined ? new Date(0) : timestampDate(time);
}

function secondsAfter(time: Date, seconds: number): Date {
  return new Date(time.getTime() + seconds * 1000);
}
