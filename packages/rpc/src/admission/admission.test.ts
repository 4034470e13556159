import { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { OperationService } from "@tessera/contracts/tessera/task/v1/operation_service_pb.ts";
import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { expect, test, vi } from "vitest";
import { ANONYMOUS, type Caller } from "../caller.ts";
import { Refusal } from "../refusal.ts";
import { admission, ROOMS } from "./admission.ts";
import { type Admitted, WorkQueue } from "./work-queue.ts";

const person = (userId: bigint): Caller => ({ ...ANONYMOUS, userId });
const OWN: Caller = { ...person(9n), scopes: new Set(["services"]) };
const { getTask, streamTasks } = TaskService.method;
const { waitOperation } = OperationService.method;
const stays = { isGone: () => false };
const fixed = (limit: number) => new WorkQueue({ limit: () => limit, done: () => {} });
const worker = (key: string, isGone = () => false) => ({ name: "X", key, isGone });

/** How many of `count` concurrent calls are let in. */
function letIn(count: number, enter: () => Admitted | Promise<Admitted>) {
  const admitted: (Admitted | Promise<Admitted>)[] = [];
  let refusal: Refusal | undefined;
  for (let at = 0; at < count; at++) {
    try {
      admitted.push(enter());
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refusal = error;
    }
  }
  return { taken: admitted.length, admitted, refusal };
}

test("streams of one address leave places for other addresses, for persons, for work and for our own services", () => {
  const doorway = admission();
  const stream = (caller: Caller, address: string) => () =>
    doorway.enter({ method: streamTasks, caller, address: () => address, ...stays });
  const { taken, refusal, admitted } = letIn(4_100, stream(ANONYMOUS, "203.0.113.1"));
  expect([taken, refusal?.reason.name]).toEqual([ROOMS.streams.address, "RATE_LIMITED"]);
  expect(letIn(1_000, stream(person(1n), "203.0.113.1")).taken).toBe(ROOMS.streams.person);
  expect(letIn(1, stream(ANONYMOUS, "203.0.113.2")).taken).toBe(1);
  expect(letIn(500, stream(OWN, "203.0.113.1")).taken).toBe(500);
  const work = () =>
    doorway.enter({ method: getTask, caller: ANONYMOUS, address: () => "203.0.113.1", ...stays });
  expect(letIn(1, work).taken).toBe(1);
  (admitted[0] as Admitted).leave(true);
  expect(letIn(2, stream(ANONYMOUS, "203.0.113.1")).taken).toBe(1);
});

test("those that wait for an operation are counted apart, and however many addresses wait, a new one finds a place", () => {
  const doorway = admission();
  const wait = (address: string) => () =>
    doorway.enter({ method: waitOperation, caller: ANONYMOUS, address: () => address, ...stays });
  for (let at = 0; at < 20; at++) letIn(1_050, wait(`203.0.113.${at}`));
  expect(letIn(1, wait("198.51.100.1")).taken).toBe(1);
  const command = () => doorway.enter({ method: getTask, caller: person(1n), address: () => "", ...stays });
  expect(letIn(1, command).taken).toBe(1);
});

test("work waits in rotation: a caller with a thousand calls holds up another for one call, not for a thousand", async () => {
  const queue = fixed(4);
  const order: string[] = [];
  const greedy = letIn(50, () => queue.enter(worker("greedy")));
  const running = greedy.admitted.filter((it): it is Admitted => !(it instanceof Promise));
  // A part of the limit is never one caller's alone.
  expect(running.length).toBe(3);
  const other = queue.enter(worker("other"));
  expect(other).not.toBeInstanceOf(Promise);
  const waits = [queue.enter(worker("other")), queue.enter(worker("third"))] as Promise<Admitted>[];
  void waits[0]?.then(() => order.push("other"));
  void waits[1]?.then(() => order.push("third"));
  for (const admitted of running.slice(0, 3)) admitted.leave(true);
  await Promise.all(waits);
  expect(order.sort()).toEqual(["other", "third"]);
});

test("beside others, one who calls at once has a share, and what nobody else wants", () => {
  const queue = fixed(64);
  const greedy = letIn(200, () => queue.enter(worker("greedy")));
  const running = greedy.admitted.filter((it): it is Admitted => !(it instanceof Promise));
  expect(running.length).toBe(48);
  for (const admitted of greedy.admitted) if (admitted instanceof Promise) admitted.catch(() => {});
  for (let other = 0; other < 8; other++)
    expect(queue.enter(worker(`other ${other}`))).not.toBeInstanceOf(Promise);
  for (const admitted of running.slice(0, 40)) admitted.leave(true);
  expect(queue.running).toBe(16);
  for (const admitted of running.slice(40)) admitted.leave(true);
  expect(queue.running).toBe(16);
});

test("when too many wait, the caller with the most loses its last; a caller with fewer is taken", async () => {
  const queue = fixed(1);
  const first = queue.enter(worker("a")) as Admitted;
  const { taken, refusal, admitted } = letIn(10_000, () => queue.enter(worker("a")));
  expect(refusal?.reason.name).toBe("OVERLOADED");
  expect(refusal?.retryAfterMs).toBeGreaterThanOrEqual(1_000);
  const last = (admitted as Promise<Admitted>[]).at(-1)?.catch((error: Refusal) => error.reason.name);
  const other = queue.enter(worker("b")) as Promise<Admitted>;
  expect(await last).toBe("OVERLOADED");
  for (const it of admitted as Promise<Admitted>[])
    void it.then((admitted) => admitted.leave(true)).catch(() => {});
  first.leave(true);
  (await other).leave(true);
  expect(queue.waiting).toBeLessThan(taken);
});

test("nothing is begun for who has gone while the call waited", async () => {
  const queue = fixed(1);
  const first = queue.enter(worker("a")) as Admitted;
  let gone = false;
  const waiting = queue.enter(worker("b", () => gone)) as Promise<Admitted>;
  gone = true;
  first.leave(true);
  await expect(waiting).rejects.toBeInstanceOf(Refusal);
  expect([queue.running, queue.waiting]).toEqual([0, 0]);
});

test("what ended twice counts once", () => {
  const queue = fixed(2);
  const admitted = queue.enter(worker("a")) as Admitted;
  admitted.leave(true);
  admitted.leave(false);
  expect(queue.running).toBe(0);
});

test("a room of people waits for its tokens longer than others for their work", async () => {
  vi.useFakeTimers();
  try {
    const queue = fixed(4);
    const doorway = admission(ROOMS, () => queue);
    const ask = (method: typeof getTask | typeof AuthService.method.refreshSession) =>
      doorway.enter({ method, caller: ANONYMOUS, address: () => "203.0.113.1", ...stays });
    const refreshes = letIn(300, () => ask(AuthService.method.refreshSession));
    expect(refreshes.taken).toBe(300);
    const work = letIn(10, () => ask(getTask));
    const waiting = work.admitted.filter((it): it is Promise<Admitted> => it instanceof Promise);
    const refused = Promise.all(waiting.map((it) => it.catch((error: Refusal) => error.reason.name)));
    await vi.advanceTimersByTimeAsync(3_500);
    expect(new Set(await refused)).toEqual(new Set(["OVERLOADED"]));
    const all = refreshes.admitted.map(async (it) => (await it).leave(true));
    for (const admitted of work.admitted) if (!(admitted instanceof Promise)) admitted.leave(true);
    expect(await Promise.all(all)).toHaveLength(300);
  } finally {
    vi.useRealTimers();
  }
});
