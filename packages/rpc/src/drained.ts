import type { EventEmitter } from "node:events";

/**
 * Waits until a stream takes more, or has closed, or `signal` aborts. No listener stays behind: a stream that is waited for
 * a thousand times has no more of them than one that is waited for once.
 */
export function drained(stream: EventEmitter, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stream.off("drain", done).off("close", done);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    stream.on("drain", done).on("close", done);
    signal?.addEventListener("abort", done);
    if (signal?.aborted) done();
  });
}
