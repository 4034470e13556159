import { timestampMs } from "@bufbuild/protobuf/wkt";
import { type Access, type Decision, ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import {
  Reason as ProjectReason,
  ReasonSchema as ProjectReasonSchema,
} from "@tessera/contracts/tessera/project/v1/reason_pb.ts";
import { type Lock, LockPurpose, LockPurposeSchema } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { type Task, TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { enumName } from "../visits/enum-value.ts";

/** A reason of the contract, as a command would be refused with it. */
export interface Obstacle {
  /** Without the enum's prefix: "TASK_LOCKED". */
  reason: string;
  metadata: Readonly<Record<string, string>>;
}

/** What somebody can do with a task now, and why not what they cannot. */
export interface WhatNow {
  /** The lock that they hold; undefined for none. */
  mine: Lock | undefined;
  /** The lock that somebody else holds. */
  theirs: Lock | undefined;
  /** What the state of the task asks for next. */
  wanted: readonly Offer[];
  canUndo: boolean;
  manages: boolean;
}

/** A way to take the task, with what stands against it. */
export interface Offer {
  purpose: LockPurpose;
  obstacle: Obstacle | undefined;
}

const WANTED: Partial<Record<TaskState, readonly LockPurpose[]>> = {
  [TaskState.READY]: [LockPurpose.MAPPING],
  [TaskState.MAPPED]: [LockPurpose.VALIDATION],
  [TaskState.INVALIDATED]: [LockPurpose.MAPPING, LockPurpose.VALIDATION],
  [TaskState.BAD_IMAGERY]: [LockPurpose.VALIDATION],
};
const UNDOABLE: readonly TaskState[] = [
  TaskState.MAPPED,
  TaskState.VALIDATED,
  TaskState.INVALIDATED,
  TaskState.BAD_IMAGERY,
];

/** Decides what a person, `userId`, can do with a task. The services decide anew when it is done. */
export function whatNow(task: Task, access: Access, userId: bigint | undefined): WhatNow {
  const { lock, state = TaskState.UNSPECIFIED } = task;
  const mine = lock !== undefined && lock.holderUserId === userId ? lock : undefined;
  const theirs = mine === undefined ? lock : undefined;
  const manages = access.role === ProjectRole.MANAGER && (access.management?.permitted ?? false);
  const wanted = (WANTED[state] ?? []).map((purpose) => ({
    purpose,
    obstacle: obstacleTo(task, access, userId, purpose),
  }));
  const validates = access.validation?.permitted ?? false;
  const maySo = validates || ((access.mapping?.permitted ?? false) && task.stateUserId === userId);
  const canUndo =
    userId !== undefined &&
    lock === undefined &&
    task.stateRevision !== undefined &&
    UNDOABLE.includes(state) &&
    maySo;
  return { mine, theirs, wanted, canUndo, manages };
}

/** What stands against locking a task, in the contract's order, as far as it can be known before. */
function obstacleTo(
  task: Task,
  access: Access,
  userId: bigint | undefined,
  purpose: LockPurpose,
): Obstacle | undefined {
  const decision = purpose === LockPurpose.MAPPING ? access.mapping : access.validation;
  if (!decision?.permitted) return denied(decision);
  const { lock, assignment } = task;
  const isChosen = access.claimOnly && purpose === LockPurpose.MAPPING && access.role !== ProjectRole.MANAGER;
  if (isChosen && assignment?.userId !== userId) return { reason: "CLAIM_ONLY", metadata: {} };
  if (lock !== undefined) {
    const metadata = {
      holder_user_id: String(lock.holderUserId),
      expire_time: isoOf(lock.expireTime),
      purpose: enumName(LockPurposeSchema, lock.purpose),
    };
    return { reason: "TASK_LOCKED", metadata };
  }
  if (access.role === ProjectRole.MANAGER) return undefined;
  if (purpose === LockPurpose.MAPPING && assignment !== undefined && assignment.userId !== userId) {
    const metadata = {
      assigned_user_id: String(assignment.userId),
      expire_time: isoOf(assignment.expireTime),
    };
    return { reason: "TASK_ASSIGNED", metadata };
  }
  if (purpose === LockPurpose.VALIDATION && task.mappedByUserId === userId)
    return { reason: "OWN_MAPPING", metadata: {} };
  return undefined;
}

function denied(decision: Decision | undefined): Obstacle {
  const { reason = ProjectReason.UNSPECIFIED, metadata = {} } = decision ?? {};
  const name = ProjectReasonSchema.value[reason]?.name ?? "";
  return { reason: name.replace(/^REASON_/, ""), metadata };
}

function isoOf(time: Lock["expireTime"]): string {
  return time === undefined ? "" : new Date(timestampMs(time)).toISOString();
}
