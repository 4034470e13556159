import type { Log } from "@tessera/runtime/log.ts";
import { repeat } from "@tessera/runtime/repeat.ts";

/** Between two looks for events that have no position yet. */
const INTERVAL_MS = 100;

/**
 * Gives committed events their position, some milliseconds after their commit. Any number of replicas may: one at a time
 * does. `stamped` is called when there is something new to read.
 */
export function eventSequencer(
  stamp: () => Promise<number>,
  stamped: () => void,
  log: Log,
): { stop(): Promise<void> } {
  return repeat({
    everyMs: INTERVAL_MS,
    later: true,
    work: async (signal) => {
      while (!signal.aborted && (await stamp()) > 0) stamped();
    },
    failed: (error) =>
      log.warn({ err: error }, "could not stamp events: the feed does not advance; retrying"),
  });
}
