import { MappingLevel } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import { type TaskEvent, TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";

/** How many tasks that a person mapped, and that were not undone, make which level. */
export interface Thresholds {
  intermediateTasks: number;
  advancedTasks: number;
}

/** What is known of a task that was worked on. */
export interface WorkedTask {
  /** Of the last event that was counted. */
  revision: bigint;
  /** For each change of state, the oldest first, who mapped the task by it; 0n for any other change. */
  mappers: readonly bigint[];
}

/** What an event makes of a task, and whose count it changes by how much. */
export interface Worked extends WorkedTask {
  userId: bigint;
  /** 1, 0 or -1. */
  mapped: number;
}

/** The most known changes of one task; undoing more than these changes no count. */
const CHANGES_MAX = 50;

const { SUBMITTED, UNDONE, STATE_CHANGED } = TaskEventKind;
/** The kinds of the events that can be work. */
export const WORK_KINDS: TaskEventKind[] = [SUBMITTED, UNDONE, STATE_CHANGED];

/** Whether an event can change what a person has mapped, or what an undoing would undo. */
export function isWork({ kind, fromState, toState }: TaskEvent): boolean {
  return kind === STATE_CHANGED ? fromState !== toState : WORK_KINDS.includes(kind);
}

/** Counts an event of a task, which had `before`. Undefined for an event that was counted before. */
export function countWork(before: WorkedTask | undefined, event: TaskEvent): Worked | undefined {
  const { revision, kind, actorUserId, toState } = event;
  if (before !== undefined && revision <= before.revision) return undefined;
  const mappers = before?.mappers ?? [];
  if (kind === TaskEventKind.UNDONE) {
    const userId = mappers.at(-1) ?? 0n;
    return { revision, mappers: mappers.slice(0, -1), userId, mapped: userId === 0n ? 0 : -1 };
  }
  const isMapping = kind === TaskEventKind.SUBMITTED && toState === TaskState.MAPPED;
  const userId = (isMapping && actorUserId) || 0n;
  return {
    revision,
    mappers: [...mappers, userId].slice(-CHANGES_MAX),
    userId,
    mapped: userId === 0n ? 0 : 1,
  };
}

/** Returns the level for a number of mapped tasks. */
export function levelFor(
  mappedTasks: number,
  { intermediateTasks, advancedTasks }: Thresholds,
): MappingLevel {
  if (mappedTasks >= advancedTasks) return MappingLevel.ADVANCED;
  return mappedTasks >= intermediateTasks ? MappingLevel.INTERMEDIATE : MappingLevel.BEGINNER;
}

/**
 * The level to which a rule raises a person, undefined where it does not. It gives each level once: what an administrator
 * lowered stays so until the work makes the next level.
 */
export function raisedLevel(
  { mappedTasks, levelGiven, level }: { mappedTasks: number; levelGiven: MappingLevel; level: MappingLevel },
  thresholds: Thresholds,
): MappingLevel | undefined {
  const earned = levelFor(mappedTasks, thresholds);
  return earned > levelGiven && earned > level ? earned : undefined;
}
