/** Too many wait for a turn already, in all or of one caller. */
export class NoTurn extends Error {
  override readonly name = "NoTurn";
}

/** The bounds of turns. */
export interface TurnBounds {
  /** How many turns are taken at once. */
  atOnce: number;
  /** How many of these one caller may have while others could want one. */
  atOncePerCaller: number;
  /** How many callers' requests may wait. */
  waiting: number;
  /** How many requests of one caller may wait. */
  waitingPerCaller: number;
}

/** A limited number of turns. Callers take them in rotation, so that one with many requests does not delay the others. */
export interface FairTurns {
  /**
   * Waits for a turn and returns the function that ends it.
   *
   * @throws NoTurn if too many wait, and the signal's reason once it aborts
   */
  take(caller: string, stop: AbortSignal): Promise<() => void>;
}

interface Waiting {
  begin: (end: () => void) => void;
}

/** Makes turns that are shared out among callers. */
export function fairTurns(bounds: TurnBounds): FairTurns {
  /** Requests that wait, by caller. The caller whose turn was longest ago comes first. */
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
      if (waiting >= bounds.waiting || queue.length >= bounds.waitingPerCaller) throw new NoTurn();
      const { promise, resolve, reject } = Promise.withResolvers<() => void>();
      const entry: Waiting = { begin: resolve };
      queue.push(entry);
      queues.set(caller, queue);
      waiting += 1;
      const giveUp = () => {
        const at = queue.indexOf(entry);
        // The turn may have begun in the same moment; then its taker ends it.
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
