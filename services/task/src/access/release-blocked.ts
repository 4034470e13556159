import type { Log } from "@tessera/runtime/log.ts";
import { repeat } from "@tessera/runtime/repeat.ts";
import type { Store } from "../store.ts";

/** How often the holders of locks are checked. */
const LOOK_MS = 5_000;
/** How many holders are read at once. */
const PAGE_SIZE = 1_000;

/**
 * Ends the locks of people who are blocked. The feed reports blocks as they happen; this finds those that happened
 * while this process was stopped or had lost the feed. Any number of processes may do it: each lock ends once.
 */
export function releaseBlocked(
  { listHolders, releaseHeld }: Pick<Store, "listHolders" | "releaseHeld">,
  isBlocked: (userId: bigint) => boolean,
  log: Log,
  lookMs = LOOK_MS,
): { stop(): Promise<void> } {
  const look = async (signal: AbortSignal): Promise<void> => {
    let holders: bigint[];
    let after = 0n;
    do {
      holders = await listHolders(after, PAGE_SIZE);
      for (const userId of holders.filter(isBlocked)) await releaseHeld(userId);
      after = holders.at(-1) ?? after;
    } while (holders.length === PAGE_SIZE && !signal.aborted);
  };
  return repeat({
    everyMs: lookMs,
    work: look,
    failed: (error) => log.warn({ err: error }, "could not release the locks of blocked users"),
  });
}
