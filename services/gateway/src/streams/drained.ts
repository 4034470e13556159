import { once } from "node:events";
import type { ServerResponse } from "node:http";

/** How long a client may take none of what is ready for it, in milliseconds. */
const STALL_MAX_MS = 60_000;

/** Waits until the client has taken what was written; gives up when it takes nothing for too long. */
export async function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  if (!response.writableNeedDrain) return;
  const stall = setTimeout(() => response.destroy(), STALL_MAX_MS);
  try {
    await once(response, "drain", { signal });
  } finally {
    clearTimeout(stall);
  }
}
