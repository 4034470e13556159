import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { durationOf } from "@tessera/contracts/duration.ts";
import { AccessSchema, ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { Reason as ProjectReason } from "@tessera/contracts/tessera/project/v1/reason_pb.ts";
import { AssignmentSchema } from "@tessera/contracts/tessera/task/v1/assignment_pb.ts";
import { LockPurpose, LockSchema } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { TaskSchema, TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { ANONYMOUS } from "@tessera/rpc/caller.ts";
import { Refusal } from "@tessera/rpc/refusal.ts";
import type { Slot } from "../tasks/lock-slots.ts";
import type { Change, Known } from "../tasks/task.ts";
import type { WholeTask } from "../tasks/whole-task.ts";

const { MAPPING, VALIDATION } = LockPurpose;
export const NOW = new Date("2026-11-22T12:00:00Z");
export const LIMITS = { [MAPPING]: 1, [VALIDATION]: 100 };
export const me = callerOf(7n);
const YES = { permitted: true };
export const NO = { permitted: false, reason: ProjectReason.LEVEL_TOO_LOW };
export const STATES = [
  TaskState.READY,
  TaskState.MAPPED,
  TaskState.VALIDATED,
  TaskState.INVALIDATED,
  TaskState.BAD_IMAGERY,
];

function callerOf(userId: bigint) {
  return { ...ANONYMOUS, userId, sessionId: "s" };
}

export function access(difference = {}) {
  return create(AccessSchema, {
    role: ProjectRole.VALIDATOR,
    mapping: YES,
    validation: YES,
    lockDuration: durationOf(7_200),
    ...difference,
  });
}

export function seconds(count: number): Date {
  return new Date(NOW.getTime() + count * 1_000);
}

export function task(difference: Partial<WholeTask> = {}): WholeTask {
  return create(TaskSchema, {
    projectId: 1,
    taskId: 2,
    state: TaskState.READY,
    submissionCount: 0,
    revision: 5n,
    priority: 0,
    commentCount: 0,
    reportCount: 0,
    outsideArea: false,
    priorityArea: 0,
    ...difference,
  }) as WholeTask;
}

export function locked(
  holder: bigint,
  purpose: LockPurpose,
  expire: Date,
  difference: Partial<WholeTask> = {},
): WholeTask {
  const state = purpose === MAPPING ? TaskState.READY : TaskState.MAPPED;
  const times = { lockTime: timestampFromDate(seconds(-600)), expireTime: timestampFromDate(expire) };
  return task({
    state,
    lock: create(LockSchema, { holderUserId: holder, purpose, token: 5n, ...times }),
    ...difference,
  });
}

/** A task that is reserved for somebody. */
export function reserved(userId: bigint, expire: Date, of: WholeTask = task()): WholeTask {
  return { ...of, assignment: create(AssignmentSchema, { userId, expireTime: timestampFromDate(expire) }) };
}

export function known(of: WholeTask | undefined, slots: Slot[] = []): Known {
  return { projectId: 1, taskId: 2, task: of, slots, now: NOW };
}

/** What a decision came to: the name of its reason, or the kinds of its events. */
export function answer(decide: () => Change): string {
  try {
    return (
      decide()
        .events.map(({ kind }) => nameOf(TaskEventKind, kind))
        .join(" ") || "no change"
    );
  } catch (error) {
    if (error instanceof Refusal) return error.reason.name;
    throw error;
  }
}

/** The name of one of the values of an enum. */
export function nameOf(values: Record<string, number>, value: number): string {
  return Object.keys(values).find((name) => values[name] === value) ?? "";
}
