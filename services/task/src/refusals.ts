import { timestampDate } from "@bufbuild/protobuf/wkt";
import type { Access, Decision } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import {
  Reason as ProjectReason,
  ReasonSchema as ProjectReasonSchema,
} from "@tessera/contracts/tessera/project/v1/reason_pb.ts";
import {
  Reason as RpcReason,
  ReasonSchema as RpcReasonSchema,
} from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import { type Lock, LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/task/v1/reason_pb.ts";
import type { Report } from "@tessera/contracts/tessera/task/v1/report_pb.ts";
import { SubmissionResult } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { type Refusal, refusals } from "@tessera/rpc/refusal.ts";
import { fieldInvalid } from "@tessera/rpc/validation/validation.ts";
import type { WholeTask } from "./tasks/whole-task.ts";

/** After this time another task may be free to claim. */
const RETRY_CLAIM_MS = 5_000;

const refuse = refusals(ReasonSchema);
const refuseInWordsOfRpc = refusals(RpcReasonSchema);

/** When a caller should retry what could not run, in milliseconds. */
const GEOMETRY_RETRY_MS = 2_000;
const refuseInWordsOfProject = refusals(ProjectReasonSchema);

/** Throws what the project service answered for an action that it does not permit. */
export function permit(decision: Decision | undefined): void {
  if (decision?.permitted) return;
  if (decision?.reason === undefined) throw new Error("the project service left a decision out");
  throw refuseInWordsOfProject(decision.reason, { metadata: decision.metadata });
}

/** As `permit`, for what a manager may not do either once the project is archived. */
export function permitUnlessArchived({ mapping }: Access, decision: Decision | undefined): void {
  if (mapping?.reason === ProjectReason.PROJECT_ARCHIVED) permit(mapping);
  permit(decision);
}

export function taskNotFound(projectId: number, taskId: number): Refusal {
  return refuse(Reason.TASK_NOT_FOUND, { metadata: taskFacts(projectId, taskId) });
}

export function lockNotFound({ projectId, taskId }: WholeTask): Refusal {
  return refuse(Reason.LOCK_NOT_FOUND, { metadata: taskFacts(projectId, taskId) });
}

export function submissionNotFound(projectId: number, taskId: number, submissionId: number): Refusal {
  return refuse(Reason.SUBMISSION_NOT_FOUND, {
    metadata: { ...taskFacts(projectId, taskId), submission_id: String(submissionId) },
  });
}

export function tasksExist(projectId: number, taskCount: number): Refusal {
  return refuse(Reason.TASKS_EXIST, {
    metadata: { project_id: String(projectId), task_count: String(taskCount) },
  });
}

export function taskLocked({ taskId }: WholeTask, lock: Lock, now: Date): Refusal {
  const metadata = {
    task_id: String(taskId),
    holder_user_id: String(lock.holderUserId),
    purpose: purposeName(lock),
    ...expiryOf(lock),
  };
  const left = expireDate(lock).getTime() - now.getTime();
  return refuse(Reason.TASK_LOCKED, { metadata, retryAfterMs: Math.max(0, left) });
}

export function stateNotLockable(task: WholeTask, purpose: LockPurpose): Refusal {
  return refuse(Reason.TASK_STATE_NOT_LOCKABLE, {
    metadata: { ...stateOf(task), purpose: nameOf(LockPurpose, purpose) },
  });
}

export function ownMapping({ taskId }: WholeTask): Refusal {
  return refuse(Reason.OWN_MAPPING, { metadata: { task_id: String(taskId) } });
}

export function ownValidation({ taskId }: WholeTask): Refusal {
  return refuse(Reason.OWN_VALIDATION, { metadata: { task_id: String(taskId) } });
}

export function claimOnly({ projectId, taskId }: WholeTask): Refusal {
  const metadata = { project_id: String(projectId), task_id: String(taskId) };
  return refuse(Reason.CLAIM_ONLY, { metadata });
}

export function taskAssigned({ taskId, assignment }: WholeTask, now: Date): Refusal {
  const end = assignment?.expireTime === undefined ? now : timestampDate(assignment.expireTime);
  return refuse(Reason.TASK_ASSIGNED, {
    metadata: {
      task_id: String(taskId),
      assigned_user_id: String(assignment?.userId ?? 0n),
      expire_time: end.toISOString(),
    },
  });
}

export function noTaskAvailable(projectId: number, purpose: LockPurpose): Refusal {
  return refuse(Reason.NO_TASK_AVAILABLE, {
    metadata: { project_id: String(projectId), purpose: nameOf(LockPurpose, purpose) },
    retryAfterMs: RETRY_CLAIM_MS,
  });
}

/** `lock` is that of the person who does hold the task, if anybody does. */
export function lockNotHeld({ taskId }: WholeTask, lock: Lock | undefined): Refusal {
  const holder = lock && { holder_user_id: String(lock.holderUserId), ...expiryOf(lock) };
  return refuse(Reason.LOCK_NOT_HELD, { metadata: { task_id: String(taskId), ...holder } });
}

export function lockExpired({ taskId }: WholeTask, lock: Lock): Refusal {
  return refuse(Reason.LOCK_EXPIRED, { metadata: { task_id: String(taskId), ...expiryOf(lock) } });
}

export function lockTokenStale({ taskId }: WholeTask, token: bigint, present: Lock): Refusal {
  return refuse(Reason.LOCK_TOKEN_STALE, {
    metadata: { task_id: String(taskId), token: String(token), present_token: String(present.token) },
  });
}

export function resultNotAllowed({ taskId }: WholeTask, lock: Lock, result: SubmissionResult): Refusal {
  return refuse(Reason.RESULT_NOT_ALLOWED, {
    metadata: {
      task_id: String(taskId),
      purpose: purposeName(lock),
      result: nameOf(SubmissionResult, result),
    },
  });
}

/** A task that is held for validation cannot be split. */
export function splitNotPossible({ taskId }: WholeTask, lock: Lock): Refusal {
  return refuse(Reason.RESULT_NOT_ALLOWED, {
    metadata: {
      task_id: String(taskId),
      purpose: purposeName(lock),
      result: nameOf(TaskState, TaskState.SPLIT),
    },
  });
}

/** `field` is where the issues were sent. */
export function issuesOfMapping(field: string): Refusal {
  return fieldInvalid([{ field, description: "must be empty for mapping", rule: "submission.issues" }]);
}

export function taskChanged(task: WholeTask, expected: bigint): Refusal {
  return refuse(Reason.TASK_CHANGED, {
    metadata: {
      task_id: String(task.taskId),
      expected_revision: String(expected),
      revision: String(task.revision),
    },
  });
}

export function nothingToUndo(task: WholeTask): Refusal {
  return refuse(Reason.NOTHING_TO_UNDO, { metadata: stateOf(task) });
}

export function undoNotPermitted({ taskId, stateUserId }: WholeTask): Refusal {
  return refuse(Reason.UNDO_NOT_PERMITTED, {
    metadata: { task_id: String(taskId), state_user_id: String(stateUserId) },
  });
}

export function taskNotDivisible(taskId: number): Refusal {
  return refuse(Reason.TASK_NOT_DIVISIBLE, { metadata: { task_id: String(taskId) } });
}

export function tooManyTasksInProject(limit: number): Refusal {
  return refuse(Reason.TOO_MANY_TASKS_IN_PROJECT, { metadata: { limit: String(limit) } });
}

export function stateNotAssignable(task: WholeTask): Refusal {
  return refuse(Reason.TASK_STATE_NOT_ASSIGNABLE, { metadata: stateOf(task) });
}

export function stateNotChangeable(task: WholeTask): Refusal {
  return refuse(Reason.TASK_STATE_NOT_CHANGEABLE, { metadata: stateOf(task) });
}

export function assignmentNotFound({ projectId, taskId }: WholeTask): Refusal {
  return refuse(Reason.ASSIGNMENT_NOT_FOUND, { metadata: taskFacts(projectId, taskId) });
}

export function commentNotFound(projectId: number, taskId: number, commentId: number): Refusal {
  return refuse(Reason.COMMENT_NOT_FOUND, {
    metadata: { ...taskFacts(projectId, taskId), comment_id: String(commentId) },
  });
}

export function commentNotYours(taskId: number, commentId: number): Refusal {
  return refuse(Reason.COMMENT_NOT_YOURS, {
    metadata: { task_id: String(taskId), comment_id: String(commentId) },
  });
}

export function reportNotFound(projectId: number, taskId: number, reportId: number): Refusal {
  return refuse(Reason.REPORT_NOT_FOUND, {
    metadata: { ...taskFacts(projectId, taskId), report_id: String(reportId) },
  });
}

export function reportExists({ projectId, taskId, reportId }: Report): Refusal {
  return refuse(Reason.REPORT_EXISTS, {
    metadata: { ...taskFacts(projectId, taskId), report_id: String(reportId) },
  });
}

export function noTaskAtPoint({ longitude, latitude }: { longitude: number; latitude: number }): Refusal {
  return refuse(Reason.NO_TASK_AT_POINT, {
    metadata: { longitude: String(longitude), latitude: String(latitude) },
    violations: ["longitude", "latitude"].map((field) => ({
      field,
      description: "there is no task at this point",
      rule: "point.task",
    })),
  });
}

export function lockLongestReached(lock: Lock, longestSeconds: number): Refusal {
  return refuse(Reason.LOCK_LONGEST_REACHED, {
    metadata: { ...expiryOf(lock), max_duration: `${longestSeconds}s` },
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

/** A person wrote as many as the limit lets in a minute; there is one more after `waitMs`. */
export function rateLimited(limit: number, waitMs: number): Refusal {
  return refuseInWordsOfRpc(RpcReason.RATE_LIMITED, {
    metadata: { limit: String(limit) },
    retryAfterMs: waitMs,
  });
}

export function positionInvalid(): Refusal {
  return refuseInWordsOfRpc(RpcReason.POSITION_INVALID);
}

/** Refuses a list that names something twice. */
export function refuseTwice(ids: readonly number[], fieldOf: (index: number) => string): void {
  const index = ids.findIndex((id, at) => ids.indexOf(id) < at);
  if (index === -1) return;
  const description = "is named a second time";
  throw fieldInvalid([{ field: fieldOf(index), description, rule: "repeated.unique" }]);
}

/** The zoom of a grid, where tasks are cut by one. */
function stateOf(task: WholeTask) {
  return { task_id: String(task.taskId), state: nameOf(TaskState, task.state) };
}

function taskFacts(projectId: number, taskId: number) {
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

/** Areas wait for a worker, or this one's work did not end in time. */
export function geometryOverloaded(): Refusal {
  return refuseInWordsOfRpc(RpcReason.OVERLOADED, { retryAfterMs: GEOMETRY_RETRY_MS });
}
