/** Too many requests wait already, in all or of one caller. */
export class QueueFull extends Error {
  override readonly name = "QueueFull";
}

/** The bounds of a queue. */
export interface QueueBounds {
  /** How many requests run at once. */
  atOnce: number;
  /** How many of these one caller may have while others could want one. */
  atOncePerCaller: number;
  /** How many callers' requests may wait. */
  waiting: number;
  /** How many requests of one caller may wait. */
  waitingPerCaller: number;
}

/** Runs a limited number of requests at once, of callers in rotation: one with many requests does not delay the others. */
export interface FairQueue {
  /**
   * Waits until the request may run, and returns the function that ends it.
   *
   * @throws QueueFull if too many wait, and the signal's reason once it aborts
   */
  take(caller: string, stop: AbortSignal): Promise<() => void>;
}

interface Waiting {
  begin: (end: () => void) => void;
}

/** Makes a queue that serves callers in rotation. */
export function fairQueue(bounds: QueueBounds): FairQueue {
  /** Requests that wait, by caller. The caller that ran longest ago comes first. */
  const queues = new Map<string, Waiting[]>();
  const running = new Map<string, number>();
  let taken = 0;
  let waiting = 0;

  const mayRun = (caller: string) =>
    taken < bounds.atOnce && (running.get(caller) ?? 0) < bounds.atOncePerCaller;

  const begin = (caller: string) => {
    taken += 1;
    running.set(caller, (running.get(caller) ?? 0) + 1);
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      taken -= 1;
      const left = (running.get(caller) ?? 1) - 1;
      if (left === 0) running.delete(caller);
      else running.set(caller, left);
      next();
    };
  };

  const next = () => {
    for (const [caller, queue] of queues) {
      if (!mayRun(caller)) continue;
      const first = queue.shift() as Waiting;
      waiting -= 1;
      // Behind all others that wait.
      queues.delete(caller);
      if (queue.length > 0) queues.set(caller, queue);
      first.begin(begin(caller));
      return;
    }
  };

  return {
    async take(caller, stop) {
      stop.throwIfAborted();
      if (mayRun(caller)) return begin(caller);
      const queue = queues.get(caller) ?? [];
      if (waiting >= bounds.waiting || queue.length >= bounds.waitingPerCaller) throw new QueueFull();
      const { promise, resolve, reject } = Promise.withResolvers<() => void>();
      const entry: Waiting = { begin: resolve };
      queue.push(entry);
      queues.set(caller, queue);
      waiting += 1;
      const giveUp = () => {
        const at = queue.indexOf(entry);
        // The request may have begun in the same moment; then its caller ends it.
        if (at < 0) return;
        queue.splice(at, 1);
        waiting -= 1;
        if (queue.length === 0) queues.delete(caller);
        reject(stop.reason);
      };
      stop.addEventListener("abort", giveUp, { once: true });
      try {
        return await promise;
      } finally {
        stop.removeEventListener("abort", giveUp);
      }
    },
  };
}
