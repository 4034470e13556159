import type { DescMessage } from "@bufbuild/protobuf";
import type { Lock } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import type { TaskEvent } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import type { Attempt } from "@tessera/postgres/command.ts";
import type { Outcome, RequestKey } from "@tessera/postgres/requests.ts";
import type { Change } from "./task.ts";
import { columnsOfTask, lockColumns, timeOf } from "./task-row.ts";

/** What one command makes of its tasks, which are of one project: all of it is written, or nothing. */
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

type Slot = ReturnType<typeof slotsOf>[number];

/** A change of a task, and the place of the command that it belongs to. */
interface Step {
  command: number;
  change: Change;
  operationId: number;
  holdsUntil: Date | undefined;
}

/**
 * What commands write, as the rows of the tables, each with the place of its command. One group has all of it or, by project,
 * each has what is of one.
 */
export function columnsOf(decided: readonly Decided[], { byProject = false } = {}) {
  const steps = decided
    .flatMap(({ changes, operationId = 0 }, command) => {
      const ends = changes.flatMap(({ holdsUntil }) => (holdsUntil ? [holdsUntil.getTime()] : []));
      const holdsUntil = ends.length > 0 ? new Date(Math.min(...ends)) : undefined;
      return changes.map((change): Step => ({ command, change, operationId, holdsUntil }));
    })
    // In the order of their keys, so that two transactions do not wait for each other.
    .toSorted(byTask);
  const groups = Map.groupBy(steps, ({ change }) => (byProject ? change.before.projectId : 0));
  return {
    groups: [...groups.values()].map((group) => groupColumns(group, decided)),
    slots: steps.flatMap(({ change, command }) => slotsOf(change, command)).toSorted(byHolder),
  };
}

function byTask({ change: { before: one } }: Step, { change: { before: other } }: Step): number {
  return one.projectId - other.projectId || one.taskId - other.taskId;
}

function groupColumns(steps: readonly Step[], decided: readonly Decided[]) {
  const changing = steps.filter(({ change }) => change.events.length > 0);
  const requests = [...new Set(steps.map(({ command }) => command))].flatMap((command) => {
    const { remember, changes = [] } = decided[command] ?? {};
    if (changes.some(({ before }) => before.projectId !== changes[0]?.before.projectId))
      throw new Error("a command changes tasks of two projects");
    return remember ? [{ command, ...requestColumns(remember) }] : [];
  });
  const parts = {
    requests,
    tasks: changing.map(({ command, change: { task } }) => ({ command, ...columnsOfTask(task) })),
    events: changing.flatMap((step) => step.change.events.map((event) => eventColumns(event, step))),
    submissions: changing.flatMap(submissionColumns),
    comments: changing.flatMap(commentColumns),
    reports: changing.flatMap(reportColumns),
  };
  return {
    project_id: steps[0]?.change.before.projectId ?? 0,
    commands: arrayOf(steps.map(({ command }) => command)),
    project_ids: arrayOf(steps.map(({ change }) => change.before.projectId)),
    task_ids: arrayOf(steps.map(({ change }) => change.before.taskId)),
    revisions: arrayOf(steps.map(({ change }) => change.before.revision)),
    ends: arrayOf(steps.map(({ holdsUntil }) => holdsUntil?.toISOString() ?? "null")),
    ...Object.fromEntries(Object.entries(parts).filter(([, rows]) => rows.length > 0)),
  };
}

function requestColumns(remember: NonNullable<Decided["remember"]>) {
  return {
    project_id: remember.projectId,
    caller: remember.caller,
    request_id: remember.requestId,
    digest: bytesOf(remember.digest),
    name: remember.name,
    revision: String(remember.revision),
    response: bytesOf(remember.response),
  };
}

/** The columns of an event; those that are left out have their defaults, and the times are of the write. */
function eventColumns(event: TaskEvent, { command, change: { before }, operationId }: Step) {
  return {
    command,
    project_id: before.projectId,
    task_id: before.taskId,
    revision: String(event.revision),
    kind: event.kind,
    actor: String(event.actorUserId ?? 0n),
    ...(event.eventTime && { event_time: timeOf(event.eventTime) }),
    from_state: event.fromState ?? 0,
    to_state: event.toState ?? 0,
    ...(event.lock && lockColumns(event.lock)),
    ...(event.submissionId && { submission_id: event.submissionId }),
    ...(event.assignedUserId && { assigned_to: String(event.assignedUserId) }),
    ...(event.commentId && { comment_id: event.commentId }),
    ...(event.reportId && { report_id: event.reportId }),
    ...(event.priority && { priority: event.priority }),
    ...(operationId && { operation_id: operationId }),
    ...(before.stateRevision && { before_state_revision: String(before.stateRevision) }),
    ...(before.stateUserId && { before_state_by: String(before.stateUserId) }),
    ...(before.mappedByUserId && { before_mapped_by: String(before.mappedByUserId) }),
    ...(before.validatedByUserId && { before_validated_by: String(before.validatedByUserId) }),
  };
}

function submissionColumns({ command, change: { task, submission } }: Step) {
  if (submission === undefined) return [];
  const { issues } = submission;
  return [
    {
      command,
      project_id: task.projectId,
      task_id: task.taskId,
      submission_id: task.submissionCount,
      user_id: String(submission.userId),
      outcome: submission.result,
      comment: submission.comment,
      lock_token: String(submission.lockToken),
      ...(issues.length > 0 && { issues: issues.map((it) => [it.category, it.count]) }),
    },
  ];
}

function commentColumns({ command, change: { task, comment } }: Step) {
  if (comment === undefined) return [];
  const { text, userId } = comment;
  const { projectId, taskId, commentCount } = task;
  return [
    {
      command,
      project_id: projectId,
      task_id: taskId,
      comment_id: commentCount,
      user_id: String(userId),
      text,
    },
  ];
}

function reportColumns({ command, change: { task, report } }: Step) {
  if (report === undefined) return [];
  return [
    {
      command,
      project_id: task.projectId,
      task_id: task.taskId,
      report_id: task.reportCount,
      user_id: String(report.userId),
      longitude: report.longitude,
      latitude: report.latitude,
      category: report.category,
      description: report.description,
      source: report.source ?? "",
      external_id: report.externalId ?? "",
      invalidated: report.invalidated,
    },
  ];
}

/** The slot that a new lock takes, and the end of the slot of a lock that ends or is extended. */
function slotsOf(change: Change, command: number) {
  const { before, task, slot } = change;
  const was = before.lock;
  const { lock } = task;
  const isSame = was !== undefined && lock?.token === was.token;
  // A holder who locks the same task again keeps the slot, which the new lock overwrites.
  const isKept =
    slot !== undefined && was?.holderUserId === lock?.holderUserId && was?.purpose === lock?.purpose;
  return [
    ...(slot !== undefined && lock ? [{ ...slotColumns(lock, command), slot }] : []),
    ...(was && !isSame && !isKept ? [{ ...slotColumns(was, command), expire_time: null }] : []),
    ...(was && lock && isSame && timeOf(lock.expireTime) !== timeOf(was.expireTime)
      ? [slotColumns(lock, command)]
      : []),
  ];
}

function slotColumns(lock: Lock, command: number) {
  return {
    command,
    holder: String(lock.holderUserId),
    purpose: lock.purpose,
    slot: null as number | null,
    project_id: lock.projectId,
    task_id: lock.taskId,
    token: String(lock.token),
    expire_time: timeOf(lock.expireTime),
  };
}

function byHolder(one: Slot, other: Slot): number {
  const holders = BigInt(one.holder) - BigInt(other.holder);
  if (holders !== 0n) return holders < 0n ? -1 : 1;
  return one.purpose - other.purpose || (one.slot ?? 0) - (other.slot ?? 0);
}

/** An array as PostgreSQL writes it, of values that need no quotes. */
function arrayOf(values: readonly (number | bigint | string)[]): string {
  return `{${values.join()}}`;
}

function bytesOf(bytes: Uint8Array): string {
  return `\\x${Buffer.from(bytes).toString("hex")}`;
}
