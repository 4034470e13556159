import { create, fromBinary } from "@bufbuild/protobuf";
import { type Timestamp, timestampFromDate, timestampMs } from "@bufbuild/protobuf/wkt";
import { MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { type Assignment, AssignmentSchema } from "@tessera/contracts/tessera/task/v1/assignment_pb.ts";
import { type Lock, type LockPurpose, LockSchema } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { TaskSchema, type TaskState, TileSchema } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { idOf } from "../id-of.ts";
import type { WholeTask } from "./whole-task.ts";

/** The columns of a lock, in tasks and in task_events. */
export interface LockRow {
  project_id: number;
  task_id: number;
  lock_holder: bigint | null;
  lock_purpose: number | null;
  lock_token: bigint | null;
  lock_time: Date | null;
  lock_expire_time: Date | null;
  /** Whether the end of the lock is written down. Never so in task_events. */
  lock_ended?: boolean;
}

/** A row of tasks, with the columns of task_areas where they were asked for. */
export interface TaskRow extends LockRow {
  state: number;
  mapped_by: bigint;
  validated_by: bigint;
  submission_count: number;
  priority: number;
  parent_id: number;
  state_revision: bigint;
  state_by: bigint;
  assigned_to: bigint;
  assigned_until: Date | null;
  comment_count: number;
  report_count: number;
  outside: boolean;
  priority_area: number;
  create_time: Date;
  update_time: Date;
  revision: bigint;
  zoom?: number | null;
  x?: number | null;
  y?: number | null;
  area?: Uint8Array;
}

/** The task as it is stored, with its last lock and its assignment even if they expired. */
export function taskOf(row: TaskRow): WholeTask {
  const lock = lockOf(row, row.revision);
  const assignment = assignmentOf(row);
  const { zoom, x, y } = row;
  return create(TaskSchema, {
    projectId: row.project_id,
    taskId: row.task_id,
    state: row.state as TaskState,
    mappedByUserId: idOf(row.mapped_by),
    validatedByUserId: idOf(row.validated_by),
    submissionCount: row.submission_count,
    priority: row.priority,
    parentTaskId: idOf(row.parent_id),
    stateRevision: idOf(row.state_revision),
    stateUserId: idOf(row.state_by),
    commentCount: row.comment_count,
    reportCount: row.report_count,
    outsideArea: row.outside,
    priorityArea: row.priority_area,
    createTime: timestampFromDate(row.create_time),
    updateTime: timestampFromDate(row.update_time),
    revision: row.revision,
    ...(lock && (row.lock_ended ? { expiredLock: lock } : { lock })),
    ...(assignment && { assignment }),
    ...(zoom != null && x != null && y != null && { tile: create(TileSchema, { zoom, x, y }) }),
    ...(row.area && { area: fromBinary(MultiPolygonSchema, row.area) }),
  }) as WholeTask;
}

export function lockOf(row: LockRow, revision: bigint): Lock | undefined {
  if (row.lock_holder === null || row.lock_time === null || row.lock_expire_time === null) return undefined;
  return create(LockSchema, {
    projectId: row.project_id,
    taskId: row.task_id,
    holderUserId: row.lock_holder,
    purpose: (row.lock_purpose ?? 0) as LockPurpose,
    token: row.lock_token ?? 0n,
    lockTime: timestampFromDate(row.lock_time),
    expireTime: timestampFromDate(row.lock_expire_time),
    revision,
  });
}

/** A time in milliseconds since 1970. */
export function timeOf(time: Timestamp | undefined): number | undefined {
  return time === undefined ? undefined : timestampMs(time);
}

function assignmentOf(row: TaskRow): Assignment | undefined {
  if (row.assigned_to === 0n || row.assigned_until === null) return undefined;
  return create(AssignmentSchema, {
    projectId: row.project_id,
    taskId: row.task_id,
    userId: row.assigned_to,
    expireTime: timestampFromDate(row.assigned_until),
    revision: row.revision,
  });
}
