import { create } from "@bufbuild/protobuf";
import { durationFromMs, timestampFromDate } from "@bufbuild/protobuf/wkt";
import {
  type TaskEvent,
  TaskEventKind,
  TaskEventSchema,
} from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import type { Positioned, ReadFeed } from "@tessera/feeds/feed.ts";
import type { Sql } from "@tessera/postgres/pool.ts";
import { idOf } from "../id-of.ts";
import type { Grouping } from "../tasks/each-project.ts";
import { type LockRow, lockOf } from "../tasks/task-row.ts";

/** The table of events, and the name of its feed. */
export const TASK_EVENTS = "task_events";

/** No event is stamped later than this after one that was committed after it. */
const STAMPED_LATE_SECONDS = 60;

/** A row of task_events. */
export interface EventRow extends LockRow, Positioned {
  task_id: number;
  revision: bigint;
  kind: TaskEventKind;
  actor: bigint;
  event_time: Date;
  from_state: TaskState;
  to_state: TaskState;
  commit_time: Date;
  submission_id: number;
  task_count: number;
  assigned_to: bigint;
  comment_id: number;
  report_id: number;
  operation_id: number;
  parent_id: number;
  priority: number;
}

/** The events that end a lock. */
const ENDS: readonly TaskEventKind[] = [
  TaskEventKind.LOCK_RELEASED,
  TaskEventKind.LOCK_EXPIRED,
  TaskEventKind.SUBMITTED,
  TaskEventKind.LOCK_FORCED,
  TaskEventKind.SPLIT,
];

/** The history of one task after a revision, oldest first. It begins with how the task came to be. */
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
  const events = rows.map(eventOf);
  const isWhole = after > 0n || events[0]?.revision === 1n;
  return isWhole ? events : [...(await creation(sql, projectId, taskId)), ...events].slice(0, limit);
}

/** The events of a project before a position, the latest first; from its last one on without a position. */
export async function listLatestTaskEvents(
  sql: Sql,
  projectId: number,
  before: bigint | undefined,
  limit: number,
): Promise<{ position: bigint; event: TaskEvent }[]> {
  const rows = await sql<EventRow[]>`
    select * from task_events
    where project_id = ${projectId} and position is not null ${before === undefined ? sql`` : sql`and position < ${before}`}
    order by position desc limit ${limit}`;
  return rows.map((row) => ({ position: row.position, event: eventOf(row) }));
}

/** The first event of a task that was created with all others. */
async function creation(sql: Sql, projectId: number, taskId: number): Promise<TaskEvent[]> {
  const rows = await sql<EventRow[]>`
    select * from task_events where project_id = ${projectId} and task_id = 0 and revision = 1`;
  return rows.map((row) => eventOf({ ...row, task_id: taskId, to_state: TaskState.READY }));
}

/** Whether a project's tasks were made after a position. */
export async function createdAfter(sql: Sql, projectId: number, position: bigint): Promise<boolean> {
  const rows = await sql`
    select 1 from task_events where project_id = ${projectId} and task_id = 0 and revision = 1 and position > ${position}`;
  return rows.length > 0;
}

/** Whether a project has a task of this number. */
export async function taskExists(sql: Sql, projectId: number, taskId: number): Promise<boolean> {
  const rows = await sql`select 1 from tasks where project_id = ${projectId} and task_id = ${taskId}`;
  return rows.length > 0;
}

export function readTaskFeed(sql: Sql, { byProject = false }: Grouping = {}): ReadFeed<EventRow> {
  // Positions beyond it are not on all servers yet.
  const published = sql`(select position from feed_head where feed = ${TASK_EVENTS})`;
  return ({ after, upTo, projectId, limit }) => sql<EventRow[]>`
    select * from task_events
    where position > ${after} ${byProject ? sql`and position <= ${published}` : sql``} ${upTo === undefined ? sql`` : sql`and position <= ${upTo}`}
      ${projectId === undefined ? sql`` : sql`and project_id = ${projectId}`}
    order by position limit ${limit}`;
}

/** Whether an event is of somebody: done by that person, or to what that person holds or is to map. */
export function concerns(row: EventRow, userId: bigint): boolean {
  return row.actor === userId || row.lock_holder === userId || row.assigned_to === userId;
}

/** The last position before all that was committed at a time or later. */
export async function positionAt(sql: Sql, time: Date): Promise<bigint> {
  // Events get their positions some time after their commits, and not quite in their order: so one looks a while on from
  // the first that is found.
  const [row] = await sql<{ position: bigint | null }[]>`
    with first as materialized (
      select commit_time from task_events where commit_time >= ${time} and position is not null
      order by commit_time limit 1
    )
    select min(e.position) as position from first f join task_events e
      on e.commit_time >= f.commit_time and e.position is not null
      and e.commit_time < f.commit_time + make_interval(secs => ${STAMPED_LATE_SECONDS})`;
  if (row?.position != null) return row.position - 1n;
  const [head] = await sql<
    { position: bigint }[]
  >`select position from feed_head where feed = ${TASK_EVENTS}`;
  return head?.position ?? 0n;
}

export function eventOf(row: EventRow): TaskEvent {
  const lock = lockOf(row, row.revision);
  return create(TaskEventSchema, {
    projectId: row.project_id,
    taskId: idOf(row.task_id),
    revision: row.revision,
    kind: row.kind,
    actorUserId: idOf(row.actor),
    eventTime: timestampFromDate(row.event_time),
    fromState: stateOf(row.from_state),
    toState: stateOf(row.to_state),
    submissionId: idOf(row.submission_id),
    taskCount: row.kind === TaskEventKind.TASKS_CREATED ? row.task_count : undefined,
    assignedUserId: idOf(row.assigned_to),
    commentId: idOf(row.comment_id),
    reportId: idOf(row.report_id),
    operationId: idOf(row.operation_id),
    parentTaskId: idOf(row.parent_id),
    priority: row.kind === TaskEventKind.PRIORITY_CHANGED ? row.priority : undefined,
    ...(lock && { lock }),
    ...(row.lock_time &&
      ENDS.includes(row.kind) && {
        lockDuration: durationFromMs(Math.max(0, row.event_time.getTime() - row.lock_time.getTime())),
      }),
  });
}

/** The state in a column where 0 stands for none. */
function stateOf(column: TaskState): TaskState | undefined {
  return column === TaskState.UNSPECIFIED ? undefined : column;
}
