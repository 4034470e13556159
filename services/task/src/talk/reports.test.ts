import { Reason } from "@tessera/contracts/tessera/project/v1/reason_pb.ts";
import { TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { type Task, TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { boundingBoxOf } from "@tessera/geometry/areas/measure.ts";
import { Refusal } from "@tessera/rpc/refusal.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { clear, plant, reasonOf, squares, type TestService, testService } from "../testing/service.ts";
import { access, known, me, NO, STATES, task } from "../testing/tasks.ts";
import { report } from "./report.ts";

const MAPPER = 1;
const VALIDATOR = 2;
const PER_MINUTE = 3;
const details = { longitude: 1, latitude: 2, category: "road", description: "", source: "", externalId: "" };

let service: TestService;

beforeAll(async () => {
  service = await testService({ perMinute: { comments: PER_MINUTE, reports: PER_MINUTE } });
  service.allow(MAPPER, { validation: { permitted: false, reason: Reason.LEVEL_TOO_LOW } as never });
});

afterAll(() => service.end());

beforeEach(async () => {
  await clear(service.sql);
  await plant(service.sql, squares(12));
});

function middle(taskId: number) {
  const area = squares(12)[taskId - 1]?.area as NonNullable<Task["area"]>;
  const { west, south, east, north } = boundingBoxOf(area);
  return { longitude: (west + east) / 2, latitude: (south + north) / 2 };
}

const reportAt = (who: number, taskId: number, more: object = {}) =>
  service.as(who).createReport({ ...middle(taskId), category: "road", ...more });
const comment = (who: number, taskId: number, more: object = {}) =>
  service.as(who).createComment({ taskId, text: "look", ...more });

describe.each(STATES)("a report on a task in state %i", (state) => {
  test("marks it, and changes the state only for who may validate", () => {
    const isDone = state === TaskState.MAPPED || state === TaskState.VALIDATED;
    const before = task({ state });
    const marked = report(known(before), me, access({ validation: NO }), details);
    expect(marked.task).toMatchObject({ state, reportCount: 1 });
    expect(marked.task.stateRevision).toBe(before.stateRevision);
    expect(marked.report?.invalidated).toBe(false);
    const judged = report(known(before), me, access(), details);
    expect(judged.task.state).toBe(isDone ? TaskState.INVALIDATED : state);
    expect(judged.report?.invalidated).toBe(isDone);
    expect(judged.events.map(({ kind }) => kind)).toEqual([TaskEventKind.REPORTED]);
  });
});

test("what validators found good stands after a mapper's reports, and falls by a validator's", async () => {
  await service.sql`update tasks set state = ${TaskState.VALIDATED}, validated_by = 5`;
  for (const taskId of [1, 2, 3]) await reportAt(MAPPER, taskId);
  await reportAt(VALIDATOR, 4);
  const { tasks } = await service.as(MAPPER).listTasks({ filter: { states: [TaskState.INVALIDATED] } });
  expect(tasks.map(({ taskId }) => taskId)).toEqual([4]);
  const { reports } = await service.as(MAPPER).listReports({});
  expect(reports.map(({ taskId, invalidated }) => [taskId, invalidated])).toEqual([
    [1, false],
    [2, false],
    [3, false],
    [4, true],
  ]);
});

describe.each([
  ["reports", reportAt],
  ["comments", comment],
] as const)("%s of one person in a minute", (kind, write) => {
  test("are limited by the database, a refused caller learns when to retry, and others continue", async () => {
    const first = await write(MAPPER, 1, { requestId: "first" });
    for (let taskId = 2; taskId <= PER_MINUTE; taskId++) await write(MAPPER, taskId);
    const error = await write(MAPPER, 5).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(Refusal);
    const { reason, metadata, retryAfterMs } = error as Refusal;
    expect(reason.name).toBe("RATE_LIMITED");
    expect(metadata).toEqual({ limit: String(PER_MINUTE) });
    expect(retryAfterMs).toBeGreaterThan(0);
    expect(retryAfterMs).toBeLessThanOrEqual(60_000 / PER_MINUTE);
    const again = await write(MAPPER, 1, { requestId: "first" });
    expect(again.acknowledgement).toMatchObject({ replayed: true, name: first.acknowledgement?.name });
    expect(await reasonOf(write(VALIDATOR, 5))).toBe("acknowledged");
    const [rate] = await service.sql<{ used_until: Date }[]>`
      select used_until from person_rates where user_id = ${MAPPER} and kind = ${kind}`;
    await service.sql`update person_rates set used_until = ${new Date(Number(rate?.used_until) - 20_000)}
      where user_id = ${MAPPER} and kind = ${kind}`;
    expect(await reasonOf(write(MAPPER, 5))).toBe("acknowledged");
    expect(await reasonOf(write(MAPPER, 5))).toBe("RATE_LIMITED");
  });

  test("that come at once are as many as the limit", async () => {
    const details = await Promise.all(
      Array.from({ length: 12 }, (_, index) => reasonOf(write(MAPPER, index + 1))),
    );
    expect(details.filter((it) => it === "acknowledged")).toHaveLength(PER_MINUTE);
    expect(details.filter((it) => it === "RATE_LIMITED")).toHaveLength(12 - PER_MINUTE);
  });

  test("are not used up by what is refused for another reason", async () => {
    for (let tries = 0; tries <= PER_MINUTE; tries++) {
      const call = kind === "comments" ? comment(MAPPER, 99) : reportAt(MAPPER, 1, { longitude: 120 });
      expect(await reasonOf(call)).toBe(kind === "comments" ? "TASK_NOT_FOUND" : "NO_TASK_AT_POINT");
    }
    expect(await reasonOf(write(MAPPER, 1))).toBe("acknowledged");
  });
});
