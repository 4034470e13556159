import { type ResourceLimits, type Transferable, Worker } from "node:worker_threads";
import { fairQueue, QueueFull } from "./fair-queue.ts";
import { GeometryTimeout } from "./geometry-timeout.ts";

/**
 * How many workers of a process run at once, and how many wait. One caller has one of them at a time, so that the hardest
 * area leaves the other to everybody else.
 */
const WORKERS = fairQueue({ atOnce: 2, atOncePerCaller: 1, waiting: 64, waitingPerCaller: 8 });

/** How long work may take. */
export interface WorkOptions {
  /** Ends the work and rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /**
   * The longest that the caller waits, in milliseconds, the wait in the queue included. 0 lets only work be done that needs no
   * thread of its own.
   */
  limitMs: number;
  /** For whom the work is done; callers are served in rotation. Work without a caller counts as one caller. */
  caller?: string | undefined;
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
 * Does work in a thread of its own, after what waits before it. The thread is ended at its time limit or by the signal.
 *
 * @throws GeometryTimeout, and what the thread ended with
 */
export async function runQueued<Answer>(
  work: ThreadWork,
  { signal, limitMs, caller = "" }: WorkOptions,
): Promise<Answer> {
  const limit = AbortSignal.timeout(Math.ceil(limitMs));
  const stop = signal ? AbortSignal.any([signal, limit]) : limit;
  let release: (() => void) | undefined;
  try {
    release = await WORKERS.take(caller, stop);
    return await answerOf<Answer>(work, stop);
  } catch (error) {
    const late = limit.aborted && error === limit.reason;
    if (late || error instanceof QueueFull) throw new GeometryTimeout(limitMs, release !== undefined);
    throw error;
  } finally {
    release?.();
  }
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
