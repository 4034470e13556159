import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "@tessera/runtime/log.ts";
import type { Store } from "../store.ts";

/** How often the holders of locks are checked. */
const LOOK_MS = 5_000;
/** How many holders are read at once. */
const PAGE_SIZE = 1_000;

/**
 * Ends the locks of people who are blocked. The feed tells of a block as it happens; this finds those that happened while
 * this process was away or had lost the feed. Any number of processes may do it: each lock ends once.
 */
export function releaseBlocked(
  { listHolders, releaseHeld }: Pick<Store, "listHolders" | "releaseHeld">,
  isBlocked: (userId: bigint) => boolean,
  log: Log,
  lookMs = LOOK_MS,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  const look = async (): Promise<void> => {
    let holders: bigint[];
    let after = 0n;
    do {
      holders = await listHolders(after, PAGE_SIZE);
      for (const userId of holders.filter(isBlocked)) await releaseHeld(userId);
      after = holders.at(-1) ?? after;
    } while (holders.length === PAGE_SIZE && !signal.aborted);
  };
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      await look().catch((error: unknown) => log.warn({ err: error }, "locks of blocked people stay held"));
      await sleep(lookMs, undefined, { signal, ref: false }).catch(() => {});
    }
  };
  const running = run();
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
