import { TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { expect, test } from "vitest";
import type { WholeTask } from "../tasks/whole-task.ts";
import { known, locked, NOW, nameOf, reserved, seconds, task } from "../testing/tasks.ts";
import { type Reconciled, reconcile } from "./reconcile.ts";

const MANAGER = 90n;
const { READY, MAPPED, VALIDATED, INVALIDATED, BAD_IMAGERY, SPLIT, WITHDRAWN } = TaskState;
const MAPPING = 1;

/** What became of a task, in words: the events, what it is then, and why it is kept. */
function summary({ change, result, kept }: Reconciled): string {
  const { state, outsideArea } = change.task;
  const events = change.events.map(({ kind }) => nameOf(TaskEventKind, kind));
  const where = outsideArea ? "outside" : "inside";
  return [...events, `> ${nameOf(TaskState, state)} ${where}`, result ?? "", kept?.reason.name ?? ""]
    .filter((it) => it !== "")
    .join(" ");
}

const reconciled = (of: WholeTask, outside: boolean) =>
  summary(reconcile(known(of), MANAGER, { outside, priorityArea: 0 }));
const withdrawn = task({ state: WITHDRAWN, outsideArea: true });
const keptBefore = (of: WholeTask) => ({ ...of, outsideArea: true });

test.each<[string, WholeTask, string, string]>([
  ["untouched", task(), "> READY inside", "WITHDRAWN > WITHDRAWN outside WITHDRAWN"],
  [
    "with comments and reports",
    task({ commentCount: 2, reportCount: 1 }),
    "> READY inside",
    "WITHDRAWN > WITHDRAWN outside WITHDRAWN",
  ],
  ["withdrawn", withdrawn, "RESTORED > READY inside RESTORED", "> WITHDRAWN outside"],
  ["that was split", task({ state: TaskState.SPLIT }), "> SPLIT inside", "> SPLIT inside"],
  ["held", locked(7n, MAPPING, seconds(60)), "> READY inside", "KEPT_OUTSIDE > READY outside TASK_LOCKED"],
  [
    "held until a moment ago",
    locked(7n, MAPPING, seconds(-1)),
    "LOCK_EXPIRED > READY inside",
    "LOCK_EXPIRED WITHDRAWN > WITHDRAWN outside WITHDRAWN",
  ],
  [
    "held until this moment",
    locked(7n, MAPPING, NOW),
    "LOCK_EXPIRED > READY inside",
    "LOCK_EXPIRED WITHDRAWN > WITHDRAWN outside WITHDRAWN",
  ],
  ["reserved", reserved(7n, seconds(60)), "> READY inside", "KEPT_OUTSIDE > READY outside TASK_ASSIGNED"],
  [
    "reserved until a moment ago",
    reserved(7n, seconds(-1)),
    "> READY inside",
    "WITHDRAWN > WITHDRAWN outside WITHDRAWN",
  ],
  [
    "held and reserved",
    reserved(7n, seconds(60), locked(7n, MAPPING, seconds(60))),
    "> READY inside",
    "KEPT_OUTSIDE > READY outside TASK_LOCKED",
  ],
  [
    "READY again after it was handed in",
    task({ submissionCount: 1 }),
    "> READY inside",
    "KEPT_OUTSIDE > READY outside TASK_TOUCHED",
  ],
  [
    "mapped by a manager at one go",
    task({ state: TaskState.MAPPED }),
    "> MAPPED inside",
    "KEPT_OUTSIDE > MAPPED outside TASK_TOUCHED",
  ],
  [
    "without imagery",
    task({ state: TaskState.BAD_IMAGERY }),
    "> BAD_IMAGERY inside",
    "KEPT_OUTSIDE > BAD_IMAGERY outside TASK_TOUCHED",
  ],
  [
    "held, kept before",
    keptBefore(locked(7n, MAPPING, seconds(60))),
    "RESTORED > READY inside",
    "> READY outside TASK_LOCKED",
  ],
  [
    "validated, kept before",
    task({ state: TaskState.VALIDATED, outsideArea: true }),
    "RESTORED > VALIDATED inside",
    "> VALIDATED outside TASK_TOUCHED",
  ],
  [
    "free, kept before",
    task({ outsideArea: true }),
    "RESTORED > READY inside",
    "WITHDRAWN > WITHDRAWN outside WITHDRAWN",
  ],
])("a task that is %s: inside and outside", (_, of, inside, outside) => {
  expect([reconciled(of, false), reconciled(of, true)]).toEqual([inside, outside]);
});

test("a lock that somebody holds is the same lock after", () => {
  const held = locked(7n, MAPPING, seconds(60));
  expect(reconcile(known(held), MANAGER, { outside: true, priorityArea: 0 }).change.task.lock).toBe(
    held.lock,
  );
});

test("the history names the users that withdrew and restored a task; an expired reservation ends with it", () => {
  const { change } = reconcile(known(reserved(7n, seconds(-1))), MANAGER, { outside: true, priorityArea: 0 });
  expect(change.events).toMatchObject([
    { actorUserId: MANAGER, fromState: READY, toState: WITHDRAWN, revision: 6n, assignedUserId: 7n },
  ]);
  expect(change.task).toMatchObject({ stateRevision: 6n, stateUserId: MANAGER, assignment: undefined });
  const back = reconcile(known(change.task), undefined, { outside: false, priorityArea: 0 }).change;
  expect(back.events).toMatchObject([{ fromState: WITHDRAWN, toState: READY, revision: 7n }]);
  expect(back.task).toMatchObject({ state: READY, stateUserId: undefined });
});

test("a task follows the priority areas in every state but SPLIT, with an event of its own", () => {
  const placed = (of: WholeTask, priorityArea: number, outside = false) =>
    reconcile(known(of), MANAGER, { outside, priorityArea }).change;
  for (const state of [READY, MAPPED, VALIDATED, INVALIDATED, BAD_IMAGERY]) {
    const { task: moved, events } = placed(task({ state }), 2);
    expect(moved).toMatchObject({ state, priorityArea: 2 });
    expect(events).toMatchObject([{ kind: TaskEventKind.PRIORITY_AREA_CHANGED, actorUserId: MANAGER }]);
    expect(placed(moved, 2).events).toEqual([]);
    expect(placed(moved, 0).task.priorityArea).toBe(0);
  }
  expect(placed(task({ state: SPLIT }), 2).events).toEqual([]);
  const both = placed(task({ state: READY }), 1, true);
  expect(both.task).toMatchObject({ state: WITHDRAWN, priorityArea: 1, revision: both.before.revision + 2n });
});
