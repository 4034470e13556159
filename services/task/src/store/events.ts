import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import {
  type TaskEvent,
  type TaskEventKind,
  TaskEventSchema,
} from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import type { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import type { Positioned, ReadFeed } from "@tessera/postgres/feed.ts";
import type { Sql } from "@tessera/postgres/pool.ts";
import { type LockRow, lockOf } from "./task-row.ts";

/** The table of events, and the name of its feed. */
export const TASK_EVENTS = "task_events";

/** A row of task_events. */
export interface EventRow extends LockRow, Positioned {
  task_id: number;
  revision: bigint;
  kind: TaskEventKind;
  actor: bigint;
  event_time: Date;
  from_state: TaskState;
  to_state: TaskState;
  submission_id: number;
  task_count: number;
}

/** The history of one task after a revision, oldest first. */
export async function listTaskEvents(
  sql: Sql,
  projectId: number,
  taskId: number,
  after: bigint,
  limit: number,
): Promise<TaskEvent[]> {
  const rows = await sql<EventRow[]>`
    select * from task_events
    where project_id = ${projectId} and task_id = ${taskId} and revision > ${after}
    order by revision limit ${limit}`;
  return rows.map(eventOf);
}

/** Whether a project has a task of this number. */
export async function taskExists(sql: Sql, projectId: number, taskId: number): Promise<boolean> {
  const rows = await sql`select from tasks where project_id = ${projectId} and task_id = ${taskId}`;
  return rows.length > 0;
}

export function readTaskFeed(sql: Sql): ReadFeed<EventRow> {
  return ({ after, upTo, projectId, limit }) => sql<EventRow[]>`
    select * from task_events
    where position > ${after} ${upTo === undefined ? sql`` : sql`and position <= ${upTo}`}
      ${projectId === undefined ? sql`` : sql`and project_id = ${projectId}`}
    order by position limit ${limit}`;
}

export function eventOf(row: EventRow): TaskEvent {
  const lock = lockOf(row, row.revision);
  return create(TaskEventSchema, {
    projectId: row.project_id,
    taskId: row.task_id,
    revision: row.revision,
    kind: row.kind,
    actorUserId: row.actor,
    eventTime: timestampFromDate(row.event_time),
    fromState: row.from_state,
    toState: row.to_state,
    submissionId: row.submission_id,
    taskCount: row.task_count,
    ...(lock && { lock }),
  });
}
