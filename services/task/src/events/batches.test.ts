import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { type TaskEvent, TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { plant, squares, type TestService, testService, until } from "../testing/service.ts";

const { LOCKED, COMMENTED } = TaskEventKind;
let service: TestService;

beforeAll(async () => {
  service = await testService();
  await plant(service.sql, squares(9));
});
afterAll(() => service.end());

const allStamped = async () =>
  (await service.sql`select from task_events where position is null limit 1`).length === 0;

/** Reads messages until they have some events; the first says only where the stream begins. */
async function read(request: object, count: number) {
  const leave = new AbortController();
  const messages: { position: string; events: TaskEvent[]; event?: TaskEvent | undefined }[] = [];
  for await (const it of service.as(1, undefined, leave.signal).watchTaskEvents(request)) {
    messages.push({ position: it.position, events: it.events ?? [], event: it.event as TaskEvent });
    if (messages.flatMap(eventsOf).length >= count) break;
  }
  leave.abort();
  return messages;
}

const eventsOf = ({ event, events }: { event?: TaskEvent | undefined; events: TaskEvent[] }) =>
  event === undefined ? events : [event];

test("a reader in batches gets the same events, several in a message, of the kinds that it wants", async () => {
  for (const taskId of [1, 2, 3]) {
    await service.as(taskId).lockTask({ taskId, purpose: LockPurpose.MAPPING });
    await service.as(taskId).createComment({ taskId, text: "a word" });
  }
  await until(allStamped);
  const all = { projectId: undefined, fromStart: true };
  const single = await read(all, 7);
  const batches = await read({ ...all, inBatches: true }, 7);
  expect(batches.map(({ event }) => event)).toEqual(batches.map(() => undefined));
  expect(batches.flatMap(eventsOf)).toEqual(single.flatMap(eventsOf));
  expect(batches.length).toBeLessThan(single.length);
  expect(batches.at(-1)?.position).toBe(single.at(-1)?.position);

  const locked = (await read({ ...all, inBatches: true, kinds: [LOCKED] }, 3)).flatMap(eventsOf);
  expect(locked.map(({ kind, taskId }) => [kind, taskId])).toEqual(
    [1, 2, 3].map((taskId) => [LOCKED, taskId]),
  );
  const commented = (await read({ ...all, kinds: [COMMENTED] }, 3)).flatMap(eventsOf);
  expect(commented.map(({ kind }) => kind)).toEqual([COMMENTED, COMMENTED, COMMENTED]);

  // What is new comes as well, after the position of a batch.
  const position = batches.at(-1)?.position;
  const later = read({ position, inBatches: true, kinds: [COMMENTED] }, 1);
  await service.as(5).lockTask({ taskId: 5, purpose: LockPurpose.MAPPING });
  await service.as(5).createComment({ taskId: 5, text: "later" });
  expect((await later).flatMap(eventsOf).map(({ kind, taskId }) => [kind, taskId])).toEqual([[COMMENTED, 5]]);
});
