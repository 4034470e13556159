import { once } from "node:events";
import type { Writable } from "node:stream";

/** How long a client may take none of what is ready for it, in milliseconds. */
const STALL_MAX_MS = 60_000;

/** Waits until the client has taken what was written; gives up when it takes nothing for too long. Throws where it has left. */
export async function drained(target: Writable, signal: AbortSignal): Promise<void> {
  // What is gone needs no drain.
  signal.throwIfAborted();
  if (!target.writableNeedDrain) return;
  const stall = setTimeout(() => target.destroy(), STALL_MAX_MS);
  try {
    await once(target, "drain", { signal });
  } finally {
    clearTimeout(stall);
  }
}
