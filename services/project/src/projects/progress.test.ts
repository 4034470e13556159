import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { TaskEventKind, TaskEventSchema } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { expect, test } from "vitest";
import { countEvents, progressOf } from "./progress.ts";

const { UNSPECIFIED, READY, MAPPED, VALIDATED, INVALIDATED, BAD_IMAGERY, SPLIT, WITHDRAWN, DELETED } =
  TaskState;

const event = (fields: Parameters<typeof create<typeof TaskEventSchema>>[1]) =>
  create(TaskEventSchema, { projectId: 7, taskId: 1, ...fields });

const change = (fromState: TaskState, toState: TaskState) => event({ fromState, toState });

test.each([
  ["handed in as mapped", READY, MAPPED, [0, 1, 0, 0]],
  ["handed in without usable imagery", INVALIDATED, BAD_IMAGERY, [0, 0, 0, 1]],
  ["validated", MAPPED, VALIDATED, [0, -1, 1, 0]],
  ["invalidated", MAPPED, INVALIDATED, [0, -1, 0, 0]],
  ["invalidated after all", VALIDATED, INVALIDATED, [0, 0, -1, 0]],
  ["undone", BAD_IMAGERY, READY, [0, 0, 0, -1]],
  ["locked", READY, READY, [0, 0, 0, 0]],
  ["commented while mapped", MAPPED, MAPPED, [0, 0, 0, 0]],
  ["split", READY, SPLIT, [-1, 0, 0, 0]],
  ["split while mapped", MAPPED, SPLIT, [-1, -1, 0, 0]],
  ["made by a split", UNSPECIFIED, READY, [1, 0, 0, 0]],
  ["withdrawn", READY, WITHDRAWN, [-1, 0, 0, 0]],
  ["restored", WITHDRAWN, READY, [1, 0, 0, 0]],
  ["split while withdrawn", WITHDRAWN, SPLIT, [0, 0, 0, 0]],
  ["deleted", READY, DELETED, [-1, 0, 0, 0]],
])("a task that is %s counts so", (_, from, to, counts) => {
  const changed = countEvents([change(from, to)]).get(7);
  expect([changed?.total, changed?.mapped, changed?.validated, changed?.badImagery]).toEqual(counts);
});

test("every state of a task counts for something known", () => {
  const known = Object.values(TaskState).filter(
    (state) => countEvents([change(UNSPECIFIED, state)]).get(7)?.total,
  );
  expect(known).toEqual([READY, MAPPED, VALIDATED, INVALIDATED, BAD_IMAGERY]);
  expect(Object.keys(TaskState)).toHaveLength(known.length + [UNSPECIFIED, SPLIT, WITHDRAWN, DELETED].length);
});

test("tasks that are created together are one event, and nobody's work", () => {
  const time = timestampFromDate(new Date("2026-01-01"));
  const created = event({
    kind: TaskEventKind.TASKS_CREATED,
    taskId: 0,
    taskCount: 676,
    actorUserId: 1n,
    eventTime: time,
  });
  const changed = countEvents([created, event({ ...change(READY, MAPPED), projectId: 8 })]);
  expect(changed.get(7)).toMatchObject({ total: 676, mapped: 0, lastActivity: undefined });
  expect(changed.get(8)).toMatchObject({ total: 0, mapped: 1 });
});

test("the last activity is the latest of all, in whatever order the events arrive", () => {
  const at = (day: number, by: { actorUserId?: bigint } = {}) =>
    event({
      ...change(READY, READY),
      ...by,
      eventTime: timestampFromDate(new Date(Date.UTC(2026, 0, day))),
    });
  const changed = countEvents([
    at(1, { actorUserId: 3n }),
    at(3, { actorUserId: 4n }),
    at(2, { actorUserId: 3n }),
    at(9),
  ]);
  expect(changed.get(7)?.lastActivity).toEqual(new Date(Date.UTC(2026, 0, 3)));
});

test.each(["CREATED", "DELETED", "PRIORITY_AREA_CHANGED"] as const)(
  "%s is nobody's work on a task",
  (kind) => {
    const eventTime = timestampFromDate(new Date("2026-01-01"));
    const managed = event({ kind: TaskEventKind[kind], actorUserId: 90n, eventTime });
    expect(countEvents([managed]).get(7)?.lastActivity).toBeUndefined();
  },
);

test("percentages are of the tasks that can be mapped", () => {
  const counts = { total: 10, mapped: 3, validated: 1, badImagery: 2, lastActivity: undefined };
  expect(progressOf(counts, "p1")).toMatchObject({
    mappedPercent: 50,
    validatedPercent: 12.5,
    position: "p1",
  });
  const unmappable = { ...counts, total: 2, mapped: 0, validated: 0 };
  expect(progressOf(unmappable, "p1")).toMatchObject({ mappedPercent: 0, validatedPercent: 0 });
  expect(progressOf({ ...counts, total: 0 }, "p1")).toBeUndefined();
});
