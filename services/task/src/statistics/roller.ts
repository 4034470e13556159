import type { Log } from "@tessera/runtime/log.ts";
import { type Repeating, repeat } from "@tessera/runtime/repeat.ts";
import type { Store } from "../store.ts";

/** Between two rounds without news. */
const INTERVAL_MS = 30_000;
/** Between two rounds while there is more. */
const PAUSE_MS = 500;

/** Keeps the statistics in step with the feed of this service. Any number of processes may: each event counts once. */
export function statisticsRoller(store: Pick<Store, "rollUp" | "onHead">, log: Log): Pick<Repeating, "stop"> {
  const rolling = repeat({
    everyMs: INTERVAL_MS,
    work: async (signal) => {
      while (!signal.aborted && (await store.rollUp()));
      if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS).unref());
    },
    failed: (error) => log.warn({ err: error }, "could not roll the statistics up; retrying"),
  });
  let rolled = -1n;
  store.onHead((head) => {
    if (head === rolled) return;
    rolled = head;
    rolling.poke();
  });
  return rolling;
}
