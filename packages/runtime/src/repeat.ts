import { setTimeout as sleep } from "node:timers/promises";

/** Work that is done again and again. */
export interface Repeated {
  /** The pause after each round, in milliseconds. */
  everyMs: number;
  /** One round. Should end soon after `signal` aborts. */
  work: (signal: AbortSignal) => Promise<unknown>;
  /** Called with what a round throws. The next round is tried after the same pause. */
  failed: (error: unknown) => void;
  /** Begins with a pause, rather than with a round. */
  later?: boolean;
}

export interface Repeating {
  /** Begins the next round now. During a round, another follows at once. */
  poke(): void;
  /** Aborts the signal, and waits for the round that is under way. */
  stop(): Promise<void>;
}

/** Repeats work, one round at a time. It does not keep the process alive. */
export function repeat({ everyMs, work, failed, later = false }: Repeated): Repeating {
  const stopping = new AbortController();
  const { signal } = stopping;
  let wake = new AbortController();
  const pause = async (): Promise<void> => {
    const until = AbortSignal.any([signal, wake.signal]);
    await sleep(everyMs, undefined, { signal: until, ref: false }).catch(() => {});
    wake = new AbortController();
  };
  const run = async (): Promise<void> => {
    if (later) await pause();
    while (!signal.aborted) {
      await work(signal).catch((error: unknown) => {
        if (!signal.aborted) failed(error);
      });
      await pause();
    }
  };
  const running = run();
  return {
    poke: () => wake.abort(),
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
