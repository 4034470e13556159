import type { Log } from "@tessera/runtime/log.ts";
import { repeat } from "@tessera/runtime/repeat.ts";
import type { Store } from "../store.ts";

/** A look for expired locks without a sign that there are any. */
const INTERVAL_MS = 30_000;

/**
 * Publishes the expiry of locks, within a second. Only the event depends on it; every command treats an expired lock as ended. Any
 * number of processes may sweep: each end is written once.
 */
export function sweeper(
  { lapsedSlots, expireLocks, signs }: Pick<Store, "lapsedSlots" | "expireLocks" | "signs">,
  log: Log,
): { stop(): Promise<void> } {
  const sweeping = repeat({
    everyMs: INTERVAL_MS,
    later: true,
    work: async () => {
      const slots = await lapsedSlots();
      if (slots.length > 0) await expireLocks(slots);
    },
    failed: (error) => log.warn({ err: error }, "could not write which locks expired; retrying"),
  });
  signs.on(({ lapsed }) => lapsed && sweeping.poke());
  return sweeping;
}
