import { setTimeout as sleep } from "node:timers/promises";
import { type Client, ConnectError } from "@connectrpc/connect";
import { reasonFacts } from "@tessera/contracts/reason-facts.ts";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import type { TaskEvent } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import type {
  TaskService,
  WatchTaskEventsResponse,
} from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { refusalIn } from "@tessera/rpc/refusal-wire.ts";
import type { Log } from "@tessera/runtime/log.ts";
import type { Store } from "./store/open-store.ts";
import type { Thresholds } from "./work.ts";

/** Between two tries: to take the counting, or to open the stream again. */
const RETRY_MS = 2_000;
/** The counting is kept by saying so this often. */
const KEEP_MS = 5_000;
/** So many messages are counted in one transaction, or what came within so many milliseconds. */
const BATCH_MAX = 500;
const BATCH_MS = 200;

const POSITION_INVALID = reasonFacts(ReasonSchema, Reason.POSITION_INVALID).name;

/** What the follower of the work needs. */
export interface WorkFollowerOptions {
  store: Pick<Store, "work">;
  tasks: Pick<Client<typeof TaskService>, "watchTaskEvents">;
  /** What its calls carry: who it is. */
  headers: () => Promise<Record<string, string>>;
  thresholds: Thresholds;
  /** The replica's own id. */
  holder: string;
  log: Log;
  /** RETRY_MS unless a test says otherwise. */
  retryMs?: number;
}

/**
 * Follows the feed of tasks of all projects, and counts what each person maps: levels are raised for it. Any number of
 * replicas may follow, and one at a time does; when it is gone, another goes on where it was, a quarter of a minute later
 * at most. While the task service is gone levels stay as they are, and nothing is missed.
 */
export function workFollower(options: WorkFollowerOptions): { stop(): Promise<void> } {
  const { store, holder, log, retryMs = RETRY_MS } = options;
  const stopping = new AbortController();
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        const position = await store.work.take(holder);
        if (position !== undefined) await follow(options, position, stopping.signal);
      } catch (error) {
        if (!stopping.signal.aborted) log.warn({ err: error }, "the feed of tasks cannot be followed");
      }
      await sleep(retryMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
    await store.work.release(holder).catch(() => {});
  };
  const running = run();
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

/** Follows one stream from a position to its end. */
async function follow(options: WorkFollowerOptions, from: string, stopping: AbortSignal): Promise<void> {
  const { store, tasks, headers, holder, log } = options;
  const lost = new AbortController();
  const signal = AbortSignal.any([stopping, lost.signal]);
  const keeping = setInterval(() => {
    store.work.take(holder).then(
      (position) => position === undefined && lost.abort(),
      () => lost.abort(),
    );
  }, KEEP_MS);
  const batch = new Batch(options, from, () => lost.abort());
  try {
    const request = { position: from, fromStart: true };
    for await (const message of tasks.watchTaskEvents(request, { signal, headers: await headers() }))
      await batch.add(message);
    await batch.flush();
  } catch (error) {
    if (signal.aborted) return;
    const known = error instanceof ConnectError && refusalIn(error)?.reason.name === POSITION_INVALID;
    if (!known || from === "") throw error;
    log.warn("the feed of tasks is another than it was: it is counted from its start");
    await store.work.moveTo({ holder, position: from }, "");
  } finally {
    clearInterval(keeping);
    await batch.end();
  }
}

/** Collects what comes quickly, so that it is counted in one transaction. */
class Batch {
  readonly #options: WorkFollowerOptions;
  readonly #lost: () => void;
  #position: string;
  #next: string;
  #events: TaskEvent[] = [];
  #size = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  /** Something was not written: nothing that comes after it may be. */
  #broken = false;

  constructor(options: WorkFollowerOptions, position: string, lost: () => void) {
    this.#options = options;
    this.#position = position;
    this.#next = position;
    this.#lost = lost;
  }

  async add({ position, event }: WatchTaskEventsResponse): Promise<void> {
    this.#next = position;
    this.#size += 1;
    if (event !== undefined) this.#events.push(event);
    this.#timer ??= setTimeout(() => void this.flush(), BATCH_MS);
    if (this.#size >= BATCH_MAX) await this.flush();
  }

  /** Writes what was collected. Who cannot write has lost the counting: it is taken up again from what is stored. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { store, holder, thresholds, log } = this.#options;
    const [next, events] = [this.#next, this.#events];
    this.#events = [];
    this.#size = 0;
    this.#writing = this.#writing.then(async () => {
      if (next === this.#position || this.#broken) return;
      const place = { holder, position: this.#position };
      try {
        this.#broken = !(await store.work.count(place, next, events, thresholds));
      } catch (error) {
        log.warn({ err: error }, "work could not be counted");
        this.#broken = true;
      }
      if (this.#broken) this.#lost();
      else this.#position = next;
    });
    return this.#writing;
  }

  /** Leaves what was not written to whoever goes on. */
  async end(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#writing;
  }
}
