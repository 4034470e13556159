import { repeat } from "@tessera/runtime/repeat.ts";

/** What other processes wrote, and what became due, is found within this many milliseconds. */
const PERIOD_MS = 500;
/** Between two readings; those who poke meanwhile share the next. */
const PAUSE_MS = 20;

/** Says, by one reading of the database for all loops of this process, which of them have something to do. */
export interface Pulse<Signs> {
  /** Calls `look` with what each reading finds. */
  on(look: (signs: Signs) => void): void;
  /** Says that something may have been written: it is read within some milliseconds. */
  poke(): void;
  /** Resolves if the database answered a reading lately, or answers one now. */
  ready(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Reads the signs of a service again and again. An idle process then costs one short statement a period, and not one for
 * each loop. A loop that this process itself gives work is poked without it.
 */
export function pulse<Signs>(
  read: () => Promise<Signs>,
  failed: (error: unknown) => void,
  periodMs = PERIOD_MS,
): Pulse<Signs> {
  const looks = new Set<(signs: Signs) => void>();
  let readMs = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  const beat = async (): Promise<void> => {
    const signs = await read();
    readMs = performance.now();
    for (const look of looks) look(signs);
  };
  const beating = repeat({ everyMs: periodMs, work: beat, failed });
  const pokeNow = () => {
    timer = undefined;
    beating.poke();
  };
  return {
    on: (look) => void looks.add(look),
    poke: () => {
      const waitMs = readMs + PAUSE_MS - performance.now();
      if (waitMs <= 0) beating.poke();
      else timer ??= setTimeout(pokeNow, waitMs).unref();
    },
    ready: async () => {
      if (performance.now() - readMs > 2 * periodMs) await read();
    },
    stop: () => {
      clearTimeout(timer);
      return beating.stop();
    },
  };
}
