import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { boundingBoxOf } from "@tessera/geometry/areas/measure.ts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import {
  clear,
  plant,
  reasonOf,
  squares,
  type TestService,
  testService,
  whileHeld,
} from "../testing/service.ts";
import { access, known, NO, task } from "../testing/tasks.ts";
import { report, reportAgain } from "./report.ts";

const MAPPER = 1;
const VALIDATOR = 2;
const SOURCE = { source: "field-app", externalId: "17" };

let service: TestService;

beforeAll(async () => {
  service = await testService();
});

afterAll(() => service.end());

beforeEach(async () => {
  await clear(service.sql);
  await plant(service.sql, squares(3));
});

const [first, second] = squares(2).map(({ area }) => {
  const { west, south, east, north } = boundingBoxOf(area);
  return { longitude: (west + east) / 2, latitude: (south + north) / 2 };
});

const send = (who: number, more: object = {}) =>
  service.as(who).createReport({ ...first, category: "road", ...SOURCE, ...more });
const countReports = async () => (await service.sql`select from reports`).count;

test("a report sent again changes nothing, and its sender needs the same permission", () => {
  const details = { longitude: 1, latitude: 2, category: "road", description: "", ...SOURCE };
  const caller = { userId: 1n } as never;
  const { report: earlier } = report(known(task()), caller, access(), details);
  const again = (who = access(), more = {}) =>
    reportAgain(known(task()), who, earlier, { ...details, ...more });
  expect(again().events).toEqual([]);
  expect(() => again(access({ mapping: NO }))).toThrow();
  for (const more of [{ longitude: 3 }, { latitude: 3 }, { category: "x" }, { description: "x" }]) {
    expect(() => again(access(), more)).toThrow("another report");
  }
});

test("one report stands for a source and an id, also when another user sends it again", async () => {
  const one = await send(MAPPER);
  const other = await send(VALIDATOR, { requestId: "again" });
  expect(one).toMatchObject({ created: true });
  expect(other).toMatchObject({ created: false, taskId: one.taskId });
  expect(other.acknowledgement).toMatchObject({
    name: one.acknowledgement?.name,
    revision: 1n,
    replayed: false,
  });
  const replayed = await send(VALIDATOR, { requestId: "again" });
  expect(replayed.acknowledgement).toMatchObject({ name: one.acknowledgement?.name, replayed: true });
  expect(await countReports()).toBe(1);
  const { events } = await service.as(MAPPER).listTaskEvents({ taskId: 1 });
  expect(events.map(({ kind }) => kind)).toEqual([TaskEventKind.TASKS_CREATED, TaskEventKind.REPORTED]);
});

test("a tool without an id, or an id without a tool, names no report", async () => {
  for (const key of [{ source: undefined }, { externalId: undefined }]) {
    await send(MAPPER, key);
    await send(MAPPER, key);
  }
  expect(await countReports()).toBe(4);
});

test("what differs is refused, also elsewhere, and names the first", async () => {
  await send(MAPPER);
  for (const more of [{ ...second }, { category: "house" }, { description: "north side" }]) {
    expect(await reasonOf(send(MAPPER, more))).toBe("REPORT_EXISTS");
  }
  expect(await reasonOf(send(MAPPER, { ...second, externalId: "18" }))).toBe("acknowledged");
  expect(await countReports()).toBe(2);
});

test("two at once are one", async () => {
  const held = {
    hold: (tx: Parameters<Parameters<typeof whileHeld>[1]["hold"]>[0]) =>
      tx`select from tasks where task_id = 1 for update`,
    waiters: 1,
  };
  const answers = await whileHeld(service.sql, held, () => Promise.all([send(MAPPER), send(VALIDATOR)]));
  expect(answers.map(({ created }) => created).sort()).toEqual([false, true]);
  expect(new Set(answers.map(({ acknowledgement }) => acknowledgement?.name)).size).toBe(1);
  expect(await countReports()).toBe(1);
});

test("two at once at different points are one, and the other is refused", async () => {
  const held = {
    hold: (tx: Parameters<Parameters<typeof whileHeld>[1]["hold"]>[0]) =>
      tx`select from tasks where task_id in (1, 2) order by task_id for update`,
    waiters: 2,
  };
  const answers = await whileHeld(service.sql, held, () =>
    Promise.all([reasonOf(send(MAPPER)), reasonOf(send(VALIDATOR, second))]),
  );
  expect(answers.sort()).toEqual(["REPORT_EXISTS", "acknowledged"]);
  expect(await countReports()).toBe(1);
});

test("one sent between the reading and the writing of another is the one", async () => {
  const late = service
    .as(MAPPER, () => send(VALIDATOR))
    .createReport({ ...first, category: "road", ...SOURCE });
  expect(await late).toMatchObject({ created: false });
  expect(await countReports()).toBe(1);
});

test("one that turned the choice to another project's task is still found", async () => {
  await plant(service.sql, squares(3), 2);
  await service.sql`update tasks set state = ${TaskState.VALIDATED} where project_id = 2`;
  const everywhere = { projectId: undefined };
  expect(await send(VALIDATOR, everywhere)).toMatchObject({ projectId: 2, invalidated: true });
  await service.sql`update tasks set state = ${TaskState.VALIDATED} where project_id = 1`;
  expect(await send(VALIDATOR, everywhere)).toMatchObject({
    projectId: 2,
    created: false,
    invalidated: true,
  });
});

test("one that the sender may not see is as if it were not there", async () => {
  await plant(service.sql, squares(3), 3);
  await send(VALIDATOR, { projectId: 3 });
  service.hide(5, 3);
  service.allow(5, { role: ProjectRole.MAPPER });
  expect(await send(5, { projectId: undefined, description: "mine" })).toMatchObject({
    projectId: 1,
    created: true,
  });
});
