import type { Log } from "@tessera/runtime/log.ts";
import { repeat } from "@tessera/runtime/repeat.ts";
import type { Store } from "../store.ts";

/** Within how many milliseconds the expiry of a lock is written. */
const INTERVAL_MS = 1_000;

/**
 * Publishes the expiry of locks. Only the event depends on it; every command treats an expired lock as ended. Any
 * number of processes may sweep: each end is written once.
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
