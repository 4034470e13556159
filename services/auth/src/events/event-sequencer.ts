import type { Log } from "@tessera/runtime/log.ts";

/** Between two looks for events that have no place yet. */
const INTERVAL_MS = 100;

/**
 * Gives committed events their place, some milliseconds after their commit. Any number of replicas may: one at a time
 * does. `stamped` is called when there is something new to read.
 */
export function eventSequencer(
  stamp: () => Promise<number>,
  stamped: () => void,
  log: Log,
): { stop(): Promise<void> } {
  let working: Promise<void> | undefined;
  let stopped = false;
  const work = async (): Promise<void> => {
    try {
      while (!stopped && (await stamp()) > 0) stamped();
    } catch (error) {
      log.warn({ err: error }, "the feed of events stands still");
    }
  };
  const timer = setInterval(() => {
    working ??= work().finally(() => {
      working = undefined;
    });
  }, INTERVAL_MS).unref();
  return {
    stop: async () => {
      stopped = true;
      clearInterval(timer);
      await working;
    },
  };
}
