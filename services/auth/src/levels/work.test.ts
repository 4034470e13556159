import { create } from "@bufbuild/protobuf";
import { MappingLevel } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import { TaskEventKind, TaskEventSchema } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { expect, test } from "vitest";
import { countWork, isWork, levelFor, raisedLevel, type WorkedTask } from "./work.ts";

const { SUBMITTED, UNDONE, STATE_CHANGED, LOCKED } = TaskEventKind;
const { READY, MAPPED, VALIDATED, BAD_IMAGERY, INVALIDATED } = TaskState;
const ONE = 1n;
const OTHER = 2n;

type Step = [kind: TaskEventKind, actorUserId: bigint, from: TaskState, to: TaskState];

/** What each person has mapped after these steps of one task. */
function counted(...steps: Step[]): Record<string, number> {
  const counts: Record<string, number> = {};
  let task: WorkedTask | undefined;
  steps.forEach(([kind, actorUserId, fromState, toState], index) => {
    const event = create(TaskEventSchema, {
      kind,
      actorUserId,
      fromState,
      toState,
      revision: BigInt(index + 2),
    });
    if (!isWork(event)) return;
    const worked = countWork(task, event);
    if (worked === undefined) return;
    task = worked;
    if (worked.mapped !== 0)
      counts[String(worked.userId)] = (counts[String(worked.userId)] ?? 0) + worked.mapped;
    expect(countWork(task, event)).toBeUndefined();
  });
  return counts;
}

const mapped: Step = [SUBMITTED, ONE, READY, MAPPED];

test("a task that is submitted as mapped counts for its mapper", () => {
  expect(counted([LOCKED, ONE, READY, READY], mapped)).toEqual({ 1: 1 });
  expect(counted([SUBMITTED, ONE, READY, BAD_IMAGERY])).toEqual({});
  expect(counted(mapped, [SUBMITTED, OTHER, MAPPED, VALIDATED])).toEqual({ 1: 1 });
});

test("an undone task no longer counts, whichever user undid it", () => {
  expect(counted(mapped, [UNDONE, OTHER, MAPPED, READY])).toEqual({ 1: 0 });
  expect(counted(mapped, [UNDONE, ONE, MAPPED, READY], mapped)).toEqual({ 1: 1 });
});

test("undoing reverts the last change and no other", () => {
  const validated: Step = [SUBMITTED, OTHER, MAPPED, VALIDATED];
  const unvalidated: Step = [UNDONE, OTHER, VALIDATED, MAPPED];
  expect(counted(mapped, validated, unvalidated)).toEqual({ 1: 1 });
  expect(counted(mapped, validated, unvalidated, [UNDONE, OTHER, MAPPED, READY])).toEqual({ 1: 0 });
  const set: Step = [STATE_CHANGED, OTHER, READY, MAPPED];
  expect(counted(set, [UNDONE, OTHER, MAPPED, READY])).toEqual({});
  expect(counted(mapped, [STATE_CHANGED, OTHER, MAPPED, READY], set, [UNDONE, OTHER, MAPPED, READY])).toEqual(
    {
      1: 1,
    },
  );
});

test("a task that two people mapped, one after the other, counts for both", () => {
  const invalidated: Step = [SUBMITTED, OTHER, MAPPED, INVALIDATED];
  expect(counted(mapped, invalidated, [SUBMITTED, OTHER, INVALIDATED, MAPPED])).toEqual({ 1: 1, 2: 1 });
});

test("an undoing of what nobody remembers changes no count", () => {
  expect(counted([UNDONE, ONE, MAPPED, READY])).toEqual({});
});

const thresholds = { intermediateTasks: 3, advancedTasks: 5 };
const { BEGINNER, INTERMEDIATE, ADVANCED } = MappingLevel;

test("the number of tasks determines the level", () => {
  expect([0, 2, 3, 4, 5, 99].map((count) => levelFor(count, thresholds))).toEqual([
    BEGINNER,
    BEGINNER,
    INTERMEDIATE,
    INTERMEDIATE,
    ADVANCED,
    ADVANCED,
  ]);
});

test("a level is raised and never lowered, and given once", () => {
  const raised = (mappedTasks: number, levelGiven: MappingLevel, level: MappingLevel) =>
    raisedLevel({ mappedTasks, levelGiven, level }, thresholds);
  expect(raised(3, BEGINNER, BEGINNER)).toBe(INTERMEDIATE);
  expect(raised(5, BEGINNER, BEGINNER)).toBe(ADVANCED);
  expect(raised(3, BEGINNER, ADVANCED)).toBeUndefined();
  expect(raised(2, INTERMEDIATE, INTERMEDIATE)).toBeUndefined();
  // An administrator lowered it: it stays so until the work makes the next level.
  expect(raised(4, INTERMEDIATE, BEGINNER)).toBeUndefined();
  expect(raised(5, INTERMEDIATE, BEGINNER)).toBe(ADVANCED);
});
