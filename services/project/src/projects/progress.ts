import { create } from "@bufbuild/protobuf";
import { timestampDate, timestampFromDate } from "@bufbuild/protobuf/wkt";
import {
  type ProjectProgress,
  ProjectProgressSchema,
} from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { type TaskEvent, TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";

/** How many tasks a project has, or how many more than before. */
export interface TaskCounts {
  total: number;
  mapped: number;
  validated: number;
  badImagery: number;
  /** When somebody last worked on it. */
  lastActivity: Date | undefined;
}

/** How a task in a state counts. One that was split, withdrawn or deleted, or is not there yet, counts for nothing. */
const COUNTED_AS: Partial<
  Record<TaskState, Partial<Record<"total" | "mapped" | "validated" | "badImagery", 1>>>
> = {
  [TaskState.READY]: { total: 1 },
  [TaskState.MAPPED]: { total: 1, mapped: 1 },
  [TaskState.VALIDATED]: { total: 1, validated: 1 },
  [TaskState.INVALIDATED]: { total: 1 },
  [TaskState.BAD_IMAGERY]: { total: 1, badImagery: 1 },
};

/** Events by which a manager changes which tasks there are, or where: nobody worked on one. */
const MANAGED: readonly TaskEventKind[] = [
  TaskEventKind.CREATED,
  TaskEventKind.DELETED,
  TaskEventKind.PRIORITY_AREA_CHANGED,
];

/** What events of tasks change about the counts, by project. Their order does not matter. */
export function countEvents(events: readonly TaskEvent[]): Map<number, TaskCounts> {
  const changes = new Map<number, TaskCounts>();
  for (const event of events) {
    const { projectId } = event;
    const counts = changes.get(projectId) ?? nothing();
    changes.set(projectId, counts);
    countEvent(counts, event);
  }
  return changes;
}

function countEvent(counts: TaskCounts, event: TaskEvent): void {
  const { kind, fromState, toState, actorUserId, eventTime } = event;
  if (kind === TaskEventKind.TASKS_CREATED) {
    counts.total += event.taskCount ?? 0;
    return;
  }
  count(counts, fromState, -1);
  count(counts, toState, 1);
  if (actorUserId === undefined || eventTime === undefined || MANAGED.includes(kind)) return;
  const time = timestampDate(eventTime);
  if (counts.lastActivity === undefined || counts.lastActivity < time) counts.lastActivity = time;
}

function count(counts: TaskCounts, state: TaskState | undefined, sign: 1 | -1): void {
  const { total = 0, mapped = 0, validated = 0, badImagery = 0 } = (state && COUNTED_AS[state]) || {};
  counts.total += sign * total;
  counts.mapped += sign * mapped;
  counts.validated += sign * validated;
  counts.badImagery += sign * badImagery;
}

/** How far the work is, counted at a position of the feed of tasks; undefined where there are no tasks. */
export function progressOf(counts: TaskCounts, position: string): ProjectProgress | undefined {
  const { total, mapped, validated, badImagery, lastActivity } = counts;
  if (total === 0) return undefined;
  const mappable = total - badImagery;
  return create(ProjectProgressSchema, {
    taskCount: total,
    mappedCount: mapped,
    validatedCount: validated,
    badImageryCount: badImagery,
    mappedPercent: percent(mapped + validated, mappable),
    validatedPercent: percent(validated, mappable),
    ...(lastActivity && { lastActivityTime: timestampFromDate(lastActivity) }),
    position,
  });
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : (100 * part) / whole;
}

function nothing(): TaskCounts {
  return { total: 0, mapped: 0, validated: 0, badImagery: 0, lastActivity: undefined };
}
