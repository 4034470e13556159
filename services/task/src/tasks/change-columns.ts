import type { DescMessage } from "@bufbuild/protobuf";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import type { Lock } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import type { TaskEvent } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import type { Attempt } from "@tessera/postgres/command.ts";
import type { Outcome, RequestKey } from "@tessera/postgres/requests.ts";
import type { Change } from "./task.ts";
import type { WholeTask } from "./whole-task.ts";

/** What one command makes of its tasks: all of it is written, or nothing. */
export interface Decided {
  /** The user whose slots are taken; 0 for none. */
  caller: bigint;
  changes: Change[];
  /** The request that this answers; absent for what nobody asked for. */
  remember?: RequestKey & Omit<Outcome, "commitTime">;
  /** The command that this is written for: nothing is written once its caller has gone. Absent for what nobody waits for. */
  attempt?: Pick<Attempt<DescMessage>, "context" | "throwIfGone">;
  /** The operation that does this, in its project. */
  operationId?: number;
}

/** The columns of one change of a command, with those of the command itself, which is known by its place. */
export function columnsOf(decided: Decided, command: number, index: number) {
  const { caller, changes, operationId } = decided;
  const ends = changes.flatMap(({ holdsUntil }) => (holdsUntil ? [holdsUntil.getTime()] : []));
  return {
    command,
    head: index === 0,
    steps: changes.length,
    slots: changes.filter(({ slot }) => slot !== undefined).length,
    caller: String(caller),
    holds_until: ends.length === 0 ? null : new Date(Math.min(...ends)).toISOString(),
    operation_id: operationId ?? 0,
    ...(index === 0 && decided.remember && requestColumns(decided.remember)),
    ...changeColumns(changes[index] as Change),
  };
}

function requestColumns(remember: NonNullable<Decided["remember"]>) {
  return {
    request_project: remember.projectId,
    request_caller: remember.caller,
    request_id: remember.requestId,
    digest: remember.digest.toString("base64"),
    name: remember.name,
    name_revision: String(remember.revision),
    response: Buffer.from(remember.response).toString("base64"),
  };
}

/** The columns of a change of one task. */
function changeColumns(change: Change) {
  const { before, task, submission, comment, report } = change;
  const was = before.lock;
  const same = was !== undefined && task.lock?.token === was.token;
  // A holder who locks the same task again keeps the slot, which the new lock overwrites.
  const again = change.slot !== undefined && was?.holderUserId === task.lock?.holderUserId;
  const freed = was !== undefined && !same && !again;
  return {
    project_id: task.projectId,
    task_id: task.taskId,
    revision: String(before.revision),
    next_revision: String(task.revision),
    ...changedColumns(before, task),
    ...lockColumns(task.lock ?? task.expiredLock),
    lock_ended: task.lock === undefined && task.expiredLock !== undefined,
    slot: change.slot ?? null,
    freed,
    moved: same && timeOf(task.lock?.expireTime) !== timeOf(was?.expireTime),
    ...lastEventColumns(change.events.at(-1)),
    events: change.events.length > 1 ? change.events.slice(0, -1).map(eventColumns) : undefined,
    submitted_by: submission && String(submission.userId),
    outcome: submission?.result,
    submission_comment: submission?.comment,
    submission_token: submission && String(submission.lockToken),
    issues: submission?.issues.length ? submission.issues.map((it) => [it.category, it.count]) : undefined,
    comment: comment && { user_id: String(comment.userId), text: comment.text },
    report: report && {
      user_id: String(report.userId),
      longitude: report.longitude,
      latitude: report.latitude,
      category: report.category,
      description: report.description,
      source: report.source ?? "",
      external_id: report.externalId ?? "",
      invalidated: report.invalidated,
    },
  };
}

/** What differs. An omitted column stays as it is; the assignee and the expire time of an assignment go together. */
function changedColumns(before: WholeTask, task: WholeTask) {
  return {
    ...(task.state !== before.state && { state: task.state }),
    ...(task.mappedByUserId !== before.mappedByUserId && { mapped_by: String(task.mappedByUserId ?? 0n) }),
    ...(task.validatedByUserId !== before.validatedByUserId && {
      validated_by: String(task.validatedByUserId ?? 0n),
    }),
    ...(task.submissionCount !== before.submissionCount && { submission_count: task.submissionCount }),
    ...(task.priority !== before.priority && { priority: task.priority }),
    ...(task.stateRevision !== before.stateRevision && { state_revision: String(task.stateRevision ?? 0n) }),
    ...(task.stateUserId !== before.stateUserId && { state_by: String(task.stateUserId ?? 0n) }),
    ...(task.assignment !== before.assignment && {
      assigned_to: String(task.assignment?.userId ?? 0n),
      assigned_until: timeOf(task.assignment?.expireTime),
    }),
    ...(task.commentCount !== before.commentCount && { comment_count: task.commentCount }),
    ...(task.reportCount !== before.reportCount && { report_count: task.reportCount }),
    ...(task.outsideArea !== before.outsideArea && { outside: task.outsideArea }),
  };
}

/** The event that a change ends with: its revision is the task's. */
function lastEventColumns(event: TaskEvent | undefined) {
  if (event === undefined) return undefined;
  const { lock } = event;
  return {
    event_kind: event.kind,
    event_actor: String(event.actorUserId ?? 0n),
    event_time: timeOf(event.eventTime),
    event_from_state: event.fromState ?? 0,
    event_to_state: event.toState ?? 0,
    ...(lock && {
      event_lock_holder: String(lock.holderUserId),
      event_lock_purpose: lock.purpose,
      event_lock_token: String(lock.token),
      event_lock_time: timeOf(lock.lockTime),
      event_lock_expire_time: timeOf(lock.expireTime),
    }),
    event_submission_id: event.submissionId ?? 0,
    event_assigned_to: String(event.assignedUserId ?? 0n),
    event_comment_id: event.commentId ?? 0,
    event_report_id: event.reportId ?? 0,
    event_priority: event.priority ?? 0,
  };
}

function eventColumns(event: TaskEvent) {
  return {
    revision: String(event.revision),
    kind: event.kind,
    actor: String(event.actorUserId ?? 0n),
    event_time: timeOf(event.eventTime),
    from_state: event.fromState ?? 0,
    to_state: event.toState ?? 0,
    ...lockColumns(event.lock),
    submission_id: event.submissionId ?? 0,
    assigned_to: String(event.assignedUserId ?? 0n),
    comment_id: event.commentId ?? 0,
    report_id: event.reportId ?? 0,
    priority: event.priority ?? 0,
  };
}

function lockColumns(lock: Lock | undefined) {
  return {
    lock_holder: lock === undefined ? null : String(lock.holderUserId),
    lock_purpose: lock?.purpose ?? null,
    lock_token: lock === undefined ? null : String(lock.token),
    lock_time: timeOf(lock?.lockTime),
    lock_expire_time: timeOf(lock?.expireTime),
  };
}

function timeOf(time: Lock["expireTime"]): string | null {
  return time === undefined ? null : timestampDate(time).toISOString();
}
