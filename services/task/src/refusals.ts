import { timestampDate } from "@bufbuild/protobuf/wkt";
import type { Decision } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { ReasonSchema as ProjectReasonSchema } from "@tessera/contracts/tessera/project/v1/reason_pb.ts";
import {
  Reason as RpcReason,
  ReasonSchema as RpcReasonSchema,
} from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import { type Lock, LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/task/v1/reason_pb.ts";
import { SubmissionOutcome } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { type Task, TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { type Refusal, refusals } from "@tessera/rpc/refusal.ts";

const refuse = refusals(ReasonSchema);
const refuseInWordsOfRpc = refusals(RpcReasonSchema);
const refuseInWordsOfProject = refusals(ProjectReasonSchema);

/** Throws what the project service answered for an action that it does not permit. */
export function permit(decision: Decision | undefined): void {
  if (decision?.permitted) return;
  if (decision === undefined) throw new Error("the project service left a decision out");
  throw refuseInWordsOfProject(decision.reason, { metadata: decision.metadata });
}

export function taskNotFound(projectId: number, taskId: number): Refusal {
  return refuse(Reason.TASK_NOT_FOUND, { metadata: placeOf(projectId, taskId) });
}

export function lockNotFound({ projectId, taskId }: Task): Refusal {
  return refuse(Reason.LOCK_NOT_FOUND, { metadata: placeOf(projectId, taskId) });
}

export function submissionNotFound(projectId: number, taskId: number, submissionId: number): Refusal {
  return refuse(Reason.SUBMISSION_NOT_FOUND, {
    metadata: { ...placeOf(projectId, taskId), submission_id: String(submissionId) },
  });
}

export function tasksExist(projectId: number, taskCount: number): Refusal {
  return refuse(Reason.TASKS_EXIST, {
    metadata: { project_id: String(projectId), task_count: String(taskCount) },
  });
}

export function tooManyTasks(limit: number, zoom: number): Refusal {
  return refuse(Reason.TOO_MANY_TASKS, { metadata: { limit: String(limit), zoom: String(zoom) } });
}

export function areaTooIntricate(zoom: number, place?: { longitude: number; latitude: number }): Refusal {
  const where = place && { longitude: String(place.longitude), latitude: String(place.latitude) };
  return refuse(Reason.AREA_TOO_INTRICATE, { metadata: { zoom: String(zoom), ...where } });
}

export function taskLocked(lock: Lock, now: Date): Refusal {
  const metadata = {
    holder_user_id: String(lock.holderUserId),
    purpose: purposeName(lock),
    ...expiryOf(lock),
  };
  const left = expireDate(lock).getTime() - now.getTime();
  return refuse(Reason.TASK_LOCKED, { metadata, retryAfterMs: Math.max(0, left) });
}

export function stateNotLockable(task: Task, purpose: LockPurpose): Refusal {
  return refuse(Reason.TASK_STATE_NOT_LOCKABLE, {
    metadata: { state: nameOf(TaskState, task.state), purpose: nameOf(LockPurpose, purpose) },
  });
}

export function ownMapping(): Refusal {
  return refuse(Reason.OWN_MAPPING);
}

/** `lock` is that of the person who does hold the task, if anybody does. */
export function lockNotHeld(lock: Lock | undefined): Refusal {
  const metadata = lock === undefined ? {} : { holder_user_id: String(lock.holderUserId), ...expiryOf(lock) };
  return refuse(Reason.LOCK_NOT_HELD, { metadata });
}

export function lockExpired(lock: Lock): Refusal {
  return refuse(Reason.LOCK_EXPIRED, { metadata: expiryOf(lock) });
}

export function lockTokenStale(token: bigint, present: Lock): Refusal {
  return refuse(Reason.LOCK_TOKEN_STALE, {
    metadata: { token: String(token), present_token: String(present.token) },
  });
}

export function outcomeNotPossible(lock: Lock, outcome: SubmissionOutcome): Refusal {
  return refuse(Reason.OUTCOME_NOT_POSSIBLE, {
    metadata: { purpose: purposeName(lock), outcome: nameOf(SubmissionOutcome, outcome) },
  });
}

export function lockLongestReached(lock: Lock, longestSeconds: number): Refusal {
  return refuse(Reason.LOCK_LONGEST_REACHED, {
    metadata: { ...expiryOf(lock), longest_seconds: String(longestSeconds) },
  });
}

/** `held` is the name of a task that the caller holds, and `freeInMs` when the first of them becomes free. */
export function lockLimitReached(
  limit: number,
  purpose: LockPurpose,
  held: string,
  freeInMs: number,
): Refusal {
  return refuse(Reason.LOCK_LIMIT_REACHED, {
    metadata: { limit: String(limit), purpose: nameOf(LockPurpose, purpose), held },
    retryAfterMs: Math.max(0, freeInMs),
  });
}

export function pageTokenInvalid(): Refusal {
  return refuseInWordsOfRpc(RpcReason.PAGE_TOKEN_INVALID);
}

export function positionInvalid(): Refusal {
  return refuseInWordsOfRpc(RpcReason.POSITION_INVALID);
}

function placeOf(projectId: number, taskId: number) {
  return { project_id: String(projectId), task_id: String(taskId) };
}

function expiryOf(lock: Lock) {
  return { expire_time: expireDate(lock).toISOString() };
}

function expireDate(lock: Lock): Date {
  return lock.expireTime === undefined ? new Date(0) : timestampDate(lock.expireTime);
}

function purposeName(lock: Lock): string {
  return nameOf(LockPurpose, lock.purpose);
}

function nameOf(values: Record<string, number>, value: number): string {
  return Object.keys(values).find((name) => values[name] === value) ?? String(value);
}
