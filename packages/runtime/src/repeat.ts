/** Work that is done again and again. */
export interface Repeated {
  /** The pause after each round, in milliseconds. */
  everyMs: number;
  /**
   * The pause after a round that failed, in milliseconds: it doubles from `firstMs` to `mostMs` while rounds fail one after
   * the other. A round that lasted longer than `mostMs` did its work before it failed: the next failure is a first one.
   */
  retry?: { firstMs: number; mostMs: number };
  /** One round. It should end soon after `signal` aborts. */
  work: (signal: AbortSignal) => unknown;
  /**
   * Called with what a round throws, unless the work is being stopped. Without it a failure is a bug, which ends the loop as
   * a rejection that nobody handles.
   */
  failed?: (error: unknown) => void;
  /** Begins with a pause, rather than with a round. */
  later?: boolean;
}

export interface Repeating {
  /** Begins the next round now. During a round, another follows at once; not if that round fails. */
  poke(): void;
  /** Aborts the signal, and waits for the round that is under way. */
  stop(): Promise<void>;
}

/**
 * Repeats work, one round at a time, until it is stopped. All loops of the services are made by this. It does not keep the
 * process alive.
 */
export function repeat({ everyMs, retry, work, failed, later = false }: Repeated): Repeating {
  /** Made by the first round: many a loop is stopped before that. */
  let stopping: AbortController | undefined;
  let isStopped = false;
  let isPoked = false;
  let wake = () => {};
  let failures = 0;

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      if (isPoked || isStopped) return resolve();
      const timer = setTimeout(resolve, ms).unref();
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  /** Does one round, and returns the pause after it. */
  const round = async (): Promise<number> => {
    isPoked = false;
    stopping ??= new AbortController();
    const sinceMs = performance.now();
    try {
      await work(stopping.signal);
      failures = 0;
      return everyMs;
    } catch (error) {
      if (failed === undefined) throw error;
      isPoked = false;
      if (!isStopped) failed(error);
      if (retry === undefined) return everyMs;
      if (performance.now() - sinceMs > retry.mostMs) failures = 0;
      return Math.min(retry.firstMs * 2 ** failures++, retry.mostMs);
    }
  };
  const run = async (): Promise<void> => {
    if (later) await pause(everyMs);
    while (!isStopped) await pause(await round());
  };
  const running = run();
  return {
    poke: () => {
      isPoked = true;
      wake();
    },
    stop: async () => {
      isStopped = true;
      stopping?.abort();
      wake();
      await running;
    },
  };
}
