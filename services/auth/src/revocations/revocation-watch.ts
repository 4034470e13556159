import type { Pulse } from "@tessera/feeds/pulse.ts";
import type { Log } from "@tessera/runtime/log.ts";
import { repeat } from "@tessera/runtime/repeat.ts";
import type { Store } from "../open-store.ts";
import type { Signs } from "../sign-store.ts";
import type { StoredRevocation } from "./store.ts";

/** A look for new revocations without a sign that there are any. */
const LOOK_MS = 30_000;
/** A watcher that is more than this many revocations behind is dropped: it opens another stream and starts again. */
const BEHIND_MAX = 10_000;

/** Notifies all watchers of each new revocation. */
export interface RevocationWatch {
  /** Yields new revocations, in batches, from now until `signal` aborts or the process stops. */
  follow(signal: AbortSignal): AsyncIterable<StoredRevocation[]>;
}

interface Follower {
  pending: StoredRevocation[];
  wake: () => void;
}

/**
 * Reads the table of revocations once for all watchers of this process, while there is something new in it. Each look covers the time within which a
 * transaction that began before may still commit; those already published are recognised by their time.
 */
export function revocationWatch(
  revocations: Store["revocations"],
  signs: Pulse<Signs>,
  log: Log,
  stopping: AbortSignal,
): RevocationWatch {
  const followers = new Set<Follower>();
  let published = new Map<string, number>();

  const look = async (): Promise<void> => {
    if (followers.size === 0) return;
    const late = await revocations.listLate();
    const fresh = late.filter(({ subject, changeTime }) => published.get(subject) !== changeTime.getTime());
    // What is older than the look covers can never be read again: it need not be known.
    published = new Map(late.map(({ subject, changeTime }) => [subject, changeTime.getTime()]));
    if (fresh.length === 0) return;
    for (const follower of followers) {
      follower.pending.push(...fresh);
      follower.wake();
    }
  };
  const looking = repeat({
    everyMs: LOOK_MS,
    work: look,
    failed: (error) => log.warn({ err: error }, "could not read the revocations; retrying"),
  });
  signs.on(({ revoked }) => revoked && looking.poke());
  stopping.addEventListener("abort", () => void looking.stop());
  return {
    async *follow(signal) {
      const ends = AbortSignal.any([signal, stopping]);
      const follower: Follower = { pending: [], wake: () => {} };
      followers.add(follower);
      looking.poke();
      try {
        while (!ends.aborted && follower.pending.length <= BEHIND_MAX) {
          if (follower.pending.length === 0) await woken(follower, ends);
          const lot = follower.pending;
          follower.pending = [];
          if (lot.length > 0) yield lot;
        }
      } finally {
        followers.delete(follower);
      }
    },
  };
}

function woken(follower: Follower, ends: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      ends.removeEventListener("abort", done);
      resolve();
    };
    follower.wake = done;
    ends.addEventListener("abort", done);
    if (ends.aborted) done();
  });
}
