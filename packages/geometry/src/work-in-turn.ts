import { type ResourceLimits, type Transferable, Worker } from "node:worker_threads";
import { GeometryTimeout } from "./geometry-timeout.ts";

/** How many workers of a process run at once; others wait for their turn. */
const WORKERS_AT_ONCE = 2;

/** How many may wait; who comes then is answered as if the time had run out. */
const MOST_WAITING = 64;

/** How long work may take. */
export interface WorkOptions {
  /** Ends the work and rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** The longest that the caller waits, in milliseconds, the wait for a turn included. */
  limitMs: number;
}

/** What is to be done in a thread of its own. */
export interface ThreadWork {
  /** The module that the thread runs; it posts one message, its answer. */
  module: URL;
  /** What it is given, as `workerData`. */
  data: unknown;
  transferList?: Transferable[];
  resourceLimits?: ResourceLimits;
}

/**
 * Does work in a thread of its own when it is its turn. The thread is ended when the time runs out or the signal says so.
 *
 * @throws GeometryTimeout, and what the thread ended with
 */
export async function workInTurn<Answer>(
  work: ThreadWork,
  { signal, limitMs }: WorkOptions,
): Promise<Answer> {
  const limit = AbortSignal.timeout(Math.ceil(limitMs));
  const stop = signal ? AbortSignal.any([signal, limit]) : limit;
  try {
    await takeTurn(stop, limitMs);
    try {
      return await answerOf<Answer>(work, stop);
    } finally {
      passTurn();
    }
  } catch (error) {
    if (limit.aborted && error === limit.reason) throw new GeometryTimeout(limitMs);
    throw error;
  }
}

const turns = { taken: 0, waiting: [] as (() => void)[] };

async function takeTurn(stop: AbortSignal, limitMs: number): Promise<void> {
  stop.throwIfAborted();
  if (turns.taken < WORKERS_AT_ONCE) {
    turns.taken++;
    return;
  }
  if (turns.waiting.length >= MOST_WAITING) throw new GeometryTimeout(limitMs);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const giveUp = () => {
    // The turn may have come in the same moment; then it is laid down where it is used.
    if (!turns.waiting.includes(resolve)) return;
    turns.waiting.splice(turns.waiting.indexOf(resolve), 1);
    reject(stop.reason);
  };
  turns.waiting.push(resolve);
  stop.addEventListener("abort", giveUp, { once: true });
  await promise;
  stop.removeEventListener("abort", giveUp);
}

/** Hands the turn to whoever has waited longest, or lays it down. */
function passTurn(): void {
  const next = turns.waiting.shift();
  if (next) next();
  else turns.taken--;
}

async function answerOf<Answer>(
  { module, data, transferList = [], resourceLimits }: ThreadWork,
  stop: AbortSignal,
): Promise<Answer> {
  stop.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const worker = new Worker(module, {
    workerData: data,
    transferList,
    ...(resourceLimits && { resourceLimits }),
    // The flags of the process that we happen to live in, a test runner's for one, are not meant for this thread.
    execArgv: [],
  });
  const giveUp = () => reject(stop.reason);
  stop.addEventListener("abort", giveUp, { once: true });
  worker.once("message", resolve);
  worker.once("error", reject);
  worker.once("exit", () => reject(new Error("The worker ended without an answer.")));
  try {
    return await promise;
  } finally {
    stop.removeEventListener("abort", giveUp);
    await worker.terminate();
  }
}
