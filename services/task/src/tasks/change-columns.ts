import type { DescMessage } from "@bufbuild/protobuf";
import type { Lock } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import type { TaskEvent } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import type { Attempt } from "@tessera/postgres/command.ts";
import type { Outcome, RequestKey } from "@tessera/postgres/requests.ts";
import { arrayOf, type RowValue, rowOf } from "./row-text.ts";
import type { Change } from "./task.ts";
import { timeOf } from "./task-row.ts";
import type { WholeTask } from "./whole-task.ts";

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

/** A slot that a lock takes; without a number, one whose end is moved or, without a time, that is freed. */
interface Slot {
  command: number;
  lock: Lock;
  slot: number | undefined;
  /** In milliseconds since 1970. */
  expireTime: number | undefined;
}

/** A change of a task, and the place of the command that it belongs to. */
interface Step {
  command: number;
  change: Change;
  operationId: number;
  holdsUntil: Date | undefined;
}

/**
 * What commands write, as arrays of rows for write_command_rows, each row with the place of its command. One group has all of it or, by project,
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
    slots: arrayOf(
      steps
        .flatMap(({ change, command }) => slotsOf(change, command))
        .toSorted(byHolder)
        .map(slotRow),
    ),
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
    return remember ? [requestRow(remember, command)] : [];
  });
  const parts = {
    requests,
    tasks: changing.map(({ command, change }) => taskRow(change.task, command)),
    events: changing.flatMap((step) => step.change.events.map((event) => eventRow(event, step))),
    submissions: changing.flatMap(submissionRows),
    comments: changing.flatMap(commentRows),
    reports: changing.flatMap(reportRows),
  };
  return {
    project_id: steps[0]?.change.before.projectId ?? 0,
    commands: arrayOf(steps.map(({ command }) => command)),
    project_ids: arrayOf(steps.map(({ change }) => change.before.projectId)),
    task_ids: arrayOf(steps.map(({ change }) => change.before.taskId)),
    revisions: arrayOf(steps.map(({ change }) => change.before.revision)),
    ends: arrayOf(steps.map(({ holdsUntil }) => holdsUntil?.getTime())),
    ...Object.fromEntries(
      Object.entries(parts).flatMap(([part, rows]) => (rows.length > 0 ? [[part, arrayOf(rows)]] : [])),
    ),
  };
}

/** A request_write. */
function requestRow(remember: NonNullable<Decided["remember"]>, command: number): string {
  const { projectId, caller, requestId, digest, name, revision, response } = remember;
  return rowOf([command, projectId, caller, requestId, digest, name, revision, response]);
}

/** A task_write: the columns of a task that a command may change, and its key. */
function taskRow(task: WholeTask, command: number): string {
  const { assignment } = task;
  return rowOf([
    command,
    task.projectId,
    task.taskId,
    task.state,
    task.mappedByUserId ?? 0,
    task.validatedByUserId ?? 0,
    task.submissionCount,
    task.priority,
    task.stateRevision ?? 0,
    task.stateUserId ?? 0,
    assignment?.userId ?? 0,
    timeOf(assignment?.expireTime),
    task.commentCount,
    task.reportCount,
    task.outsideArea,
    ...lockValues(task.lock ?? task.expiredLock),
    task.lock === undefined && task.expiredLock !== undefined,
    task.revision,
  ]);
}

/** An event_write. */
function eventRow(event: TaskEvent, { command, change: { before }, operationId }: Step): string {
  return rowOf([
    command,
    before.projectId,
    before.taskId,
    event.revision,
    event.kind,
    event.actorUserId ?? 0,
    timeOf(event.eventTime),
    event.fromState ?? 0,
    event.toState ?? 0,
    ...lockValues(event.lock),
    event.submissionId ?? 0,
    event.assignedUserId ?? 0,
    event.commentId ?? 0,
    event.reportId ?? 0,
    event.priority ?? 0,
    operationId,
    before.stateRevision ?? 0,
    before.stateUserId ?? 0,
    before.mappedByUserId ?? 0,
    before.validatedByUserId ?? 0,
  ]);
}

/** The columns of a lock, in a task_write and an event_write. */
function lockValues(lock: Lock | undefined): RowValue[] {
  if (lock === undefined) return NO_LOCK;
  return [lock.holderUserId, lock.purpose, lock.token, timeOf(lock.lockTime), timeOf(lock.expireTime)];
}

const NO_LOCK: RowValue[] = Array.from({ length: 5 });

/** A submission_write, if anything is handed in. */
function submissionRows({ command, change: { task, submission } }: Step): string[] {
  if (submission === undefined) return [];
  const { userId, result, comment, lockToken, issues } = submission;
  const counts = issues.length > 0 ? JSON.stringify(issues.map((it) => [it.category, it.count])) : undefined;
  const { projectId, taskId, submissionCount } = task;
  return [rowOf([command, projectId, taskId, submissionCount, userId, result, comment, lockToken, counts])];
}

/** A comment_write, if anything is said. */
function commentRows({ command, change: { task, comment } }: Step): string[] {
  if (comment === undefined) return [];
  return [rowOf([command, task.projectId, task.taskId, task.commentCount, comment.userId, comment.text])];
}

/** A report_write, if anything is reported. */
function reportRows({ command, change: { task, report } }: Step): string[] {
  if (report === undefined) return [];
  return [
    rowOf([
      command,
      task.projectId,
      task.taskId,
      task.reportCount,
      report.userId,
      report.longitude,
      report.latitude,
      report.category,
      report.description,
      report.source ?? "",
      report.externalId ?? "",
      report.invalidated,
    ]),
  ];
}

/** The slot that a new lock takes, and the end of the slot of a lock that ends or is extended. */
function slotsOf(change: Change, command: number): Slot[] {
  const { before, task, slot } = change;
  const was = before.lock;
  const { lock } = task;
  const isSame = was !== undefined && lock?.token === was.token;
  // A holder who locks the same task again keeps the slot, which the new lock overwrites.
  const isKept =
    slot !== undefined && was?.holderUserId === lock?.holderUserId && was?.purpose === lock?.purpose;
  return [
    ...(slot !== undefined && lock ? [{ command, lock, slot, expireTime: timeOf(lock.expireTime) }] : []),
    ...(was && !isSame && !isKept ? [{ command, lock: was, slot: undefined, expireTime: undefined }] : []),
    ...(was && lock && isSame && timeOf(lock.expireTime) !== timeOf(was.expireTime)
      ? [{ command, lock, slot: undefined, expireTime: timeOf(lock.expireTime) }]
      : []),
  ];
}

/** A slot_write. */
function slotRow({ command, lock, slot, expireTime }: Slot): string {
  const { holderUserId, purpose, projectId, taskId, token } = lock;
  return rowOf([command, holderUserId, purpose, slot, projectId, taskId, token, expireTime]);
}

function byHolder({ lock: one, slot = 0 }: Slot, { lock: other, slot: otherSlot = 0 }: Slot): number {
  if (one.holderUserId !== other.holderUserId) return one.holderUserId < other.holderUserId ? -1 : 1;
  return one.purpose - other.purpose || slot - otherSlot;
}
