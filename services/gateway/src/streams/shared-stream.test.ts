import { Code, ConnectError, type HandlerContext } from "@connectrpc/connect";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/task/v1/reason_pb.ts";
import {
  TaskEventService,
  type WatchTaskEventsRequest,
} from "@tessera/contracts/tessera/task/v1/task_event_service_pb.ts";
import { refusals } from "@tessera/rpc/refusal.ts";
import { refusalToError } from "@tessera/rpc/refusal-wire.ts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type TestGateway, testGateway } from "../testing/gateway.ts";

const refuse = refusals(ReasonSchema);
const EVENTS = "/v1/projects/7/task-events";

/** A stream that the service has open. */
interface Open {
  token: string;
  request: WatchTaskEventsRequest;
  fail(error: unknown): void;
}

let gateway: TestGateway;
/** How many events there are; event n has the position "n". */
let head: number;
let open: Set<Open>;
let wake: () => void;
let woken: Promise<void>;
let readers: Reader[];

beforeAll(async () => {
  gateway = await testGateway((router) =>
    router.service(TaskEventService, { watchTaskEvents: (request, context) => watch(request, context) }),
  );
});
afterAll(() => gateway.stop());
beforeEach(async () => {
  await Promise.all((readers ?? []).map((it) => it.leave()));
  if (open !== undefined) await expect.poll(() => open.size).toBe(0);
  head = 0;
  open = new Set();
  readers = [];
  ({ promise: woken, resolve: wake } = Promise.withResolvers<void>());
});

async function* watch(request: WatchTaskEventsRequest, { signal, requestHeader }: HandlerContext) {
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  const mine = { token: requestHeader.get("authorization") ?? "", request, fail: failed.reject };
  open.add(mine);
  // A stream that nobody reads on stays where it is.
  signal.addEventListener("abort", () => {
    open.delete(mine);
    failed.reject(new ConnectError("left", Code.Canceled));
  });
  try {
    let at = request.position === "" ? head : Number(request.position);
    yield { position: String(at) };
    for (;;) {
      while (at < head && !request.withoutEvents) {
        at += 1;
        yield { position: String(at), event: { projectId: request.projectId ?? 0, taskId: at } };
      }
      await Promise.race([woken, failed.promise]);
    }
  } finally {
    open.delete(mine);
  }
}

function emit(count = 1): void {
  head += count;
  wake();
  ({ promise: woken, resolve: wake } = Promise.withResolvers<void>());
}

const withEvents = () => [...open].filter(({ request }) => !request.withoutEvents);

/** A client that reads a stream. */
class Reader {
  text = "";
  isOver = false;
  readonly #leaving = new AbortController();
  readonly #reading: Promise<void>;

  constructor(token: string, path = EVENTS, lastEventId?: string) {
    const headers = {
      accept: "text/event-stream",
      authorization: token,
      ...(lastEventId && { "last-event-id": lastEventId }),
    };
    this.#reading = this.#read(path, headers);
    readers.push(this);
  }

  /** The numbers of the events that it was sent. */
  get events(): number[] {
    return [...this.text.matchAll(/"task_id":(\d+)/g)].map(([, id]) => Number(id));
  }

  async leave(): Promise<void> {
    this.#leaving.abort();
    await this.#reading;
  }

  async #read(path: string, headers: Record<string, string>): Promise<void> {
    try {
      const answer = await fetch(gateway.url + path, { headers, signal: this.#leaving.signal });
      const parts = answer.body?.pipeThrough(new TextDecoderStream()) ?? [];
      for await (const part of parts as AsyncIterable<string>) this.text += part;
    } catch (error) {
      if (!this.#leaving.signal.aborted) throw error;
    }
    this.isOver = true;
  }
}

/** Readers who read together: one stream with events is open for all of them. */
async function together(count: number): Promise<Reader[]> {
  const group = Array.from({ length: count }, (_, at) => new Reader(`Bearer ${at}`));
  await expect.poll(() => group.every(({ text }) => text.includes("data:"))).toBe(true);
  emit();
  await expect.poll(() => group.map(({ events }) => events)).toEqual(group.map(() => [1]));
  await expect.poll(() => [withEvents().length, open.size]).toEqual([1, count]);
  return group;
}

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);

test("readers of the same stream get the events of one, each event once and in order", async () => {
  const group = await together(5);
  for (let round = 0; round < 5; round++) {
    emit(3);
    await expect.poll(() => group.every(({ events }) => events.length === head)).toBe(true);
  }
  for (const { events } of group) expect(events).toEqual(numbers(1, head));
  expect(withEvents()).toHaveLength(1);
});

test("each reader has a stream in its own name, by which the service ends it", async () => {
  const group = await together(3);
  const tokens = [...open].map(({ token }) => token).sort();
  expect(tokens).toEqual(["Bearer 0", "Bearer 1", "Bearer 2"]);
  const lost = [...open].find(({ request }) => request.withoutEvents) as Open;
  lost.fail(refusalToError(refuse(Reason.TASK_NOT_FOUND)));
  const [reader] = group.splice(Number(lost.token.slice("Bearer ".length)), 1) as [Reader];
  await expect.poll(() => reader.isOver).toBe(true);
  expect(reader.text).toMatch(/event: problem\ndata: .*"reason":"TASK_NOT_FOUND"/);
  emit();
  await expect.poll(() => group.map(({ events }) => events)).toEqual(group.map(() => [1, 2]));
  expect(reader.events).toEqual([1]);
});

test("when the one who reads for the others leaves, or may read no more, another reads on", async () => {
  let group = await together(4);
  for (const how of ["leaves", "lost"]) {
    const [leading] = withEvents() as [Open];
    const reader = readers[Number(leading.token.slice("Bearer ".length))] as Reader;
    if (how === "leaves") await reader.leave();
    else leading.fail(refusalToError(refuse(Reason.TASK_NOT_FOUND)));
    emit(2);
    group = group.filter((it) => it !== reader);
    await expect.poll(() => group.map(({ events }) => events)).toEqual(group.map(() => numbers(1, head)));
    expect(reader.events.length).toBeLessThan(head);
  }
});

test("a reader resumes after its position, and joins those who have it", async () => {
  await together(2);
  emit(4);
  const late = new Reader("Bearer late", EVENTS, "3");
  await expect.poll(() => late.events).toEqual([4, 5]);
  emit();
  await expect.poll(() => late.events).toEqual([4, 5, 6]);
  expect(withEvents()).toHaveLength(1);
});

test("a reader of all that there was before reads by itself until it has what the others have", async () => {
  head = 40;
  const recent = new Reader("Bearer recent");
  await expect.poll(() => recent.text).toContain("data:");
  const late = new Reader("Bearer late", EVENTS, "5");
  await expect.poll(() => late.events).toEqual(numbers(6, 40));
  await expect.poll(() => withEvents().length).toBe(1);
  emit(2);
  await expect.poll(() => [recent.events, late.events]).toEqual([numbers(41, 42), numbers(6, 42)]);
});

test.each([
  ["another project", "/v1/projects/8/task-events"],
  ["one person", `${EVENTS}?user_id=3`],
  ["all that the caller may see", "/v1/task-events"],
])("a reader of %s reads alone", async (_, path) => {
  const [one, other] = [new Reader("Bearer 1"), new Reader("Bearer 2", path)];
  await expect.poll(() => [one, other].every(({ text }) => text.includes("data:"))).toBe(true);
  emit(2);
  await expect.poll(() => [one.events, other.events]).toEqual([numbers(1, 2), numbers(1, 2)]);
  expect(withEvents()).toHaveLength(2);
});

test("readers come and go, and none of them misses an event or gets one twice", async () => {
  const random = seeded(7);
  const present = new Set<Reader>();
  for (let step = 0; step < 60; step++) {
    const what = random();
    if (what < 0.35) present.add(new Reader(`Bearer ${step}`, EVENTS, random() < 0.5 ? String(head) : "0"));
    else if (what < 0.55) {
      const [leaving] = [...present].slice(Math.floor(random() * present.size));
      if (leaving !== undefined && present.delete(leaving)) await leaving.leave();
    } else emit(1 + Math.floor(random() * 4));
    await new Promise((resolve) => setTimeout(resolve, random() * 15));
  }
  await expect.poll(() => [...present].every(({ events }) => events.at(-1) === head)).toBe(true);
  for (const { events } of readers) expect(events).toEqual(numbers(events[0] ?? 1, events.at(-1) ?? 0));
});

/** Numbers from 0 to 1 that look random, the same for the same seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}
