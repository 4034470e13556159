import { WorkQueue } from "@tessera/rpc/admission/work-queue.ts";
import type { HttpAsk } from "./http-ask.ts";

/** Does work on the database, after what waits before it. Refuses OVERLOADED. */
export type Queued = <T>(work: () => Promise<T>) => Promise<T>;

/** Queues the work of a request, callers in rotation: one with a thousand requests holds nobody else up. */
export type Queues = (ask: Pick<HttpAsk, "path" | "isGone">, key: string) => Queued;

/**
 * The longest wait of a request in the queue, in milliseconds. A room of people comes at once, and a client that
 * refreshes a token prefers a wait to a new sign-in: browsers and clients give an HTTP server this time, and the
 * gateway gives 20 s.
 */
const WAIT_MS = 10_000;

/** As many requests work on the database at once as the pool has connections: none waits for one, and none is refused for that. */
export function queuesOf(poolSize: number): Queues {
  const fixed = { limit: () => poolSize, done: () => {} };
  const queue = new WorkQueue(fixed);
  const patience = { waitMs: WAIT_MS, waitedMaxMs: WAIT_MS };
  return ({ path, isGone }, key) =>
    async (work) => {
      const admitted = await queue.enter({ name: path, key, isGone, patience });
      try {
        return await work();
      } finally {
        admitted.leave(true);
      }
    };
}
