import type { Log } from "@tessera/runtime/log.ts";
import { repeat } from "@tessera/runtime/repeat.ts";
import type { Store } from "../store.ts";

/** A lock that ran out is written down within so many milliseconds. */
const INTERVAL_MS = 1_000;

/**
 * Announces what time has decided already: that locks ran out. Nothing depends on it but the news; every command treats a
 * lock that ran out as gone. Any number of processes may sweep: each end is written once.
 */
export function sweeper(
  { lapsedSlots, expireLocks }: Pick<Store, "lapsedSlots" | "expireLocks">,
  log: Log,
): { stop(): Promise<void> } {
  return repeat({
    everyMs: INTERVAL_MS,
    later: true,
    work: async () => {
      const slots = await lapsedSlots();
      if (slots.length > 0) await expireLocks(slots);
    },
    failed: (error) => log.warn({ err: error }, "could not write which locks expired; retrying"),
  });
}
