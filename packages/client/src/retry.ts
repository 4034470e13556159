import pRetry from "p-retry";
import { mayPass, RefusedError, UnknownOutcomeError } from "./errors.ts";

/** The first pause between two tries; each later one is twice as long, and each is up to twice as long by chance. */
const PAUSE_MS = 100;
const PAUSE_MAX_MS = 10_000;

/** How often and how long something is tried. */
export interface Retrying {
  /** How many tries follow the first one, at most. */
  retriesMax: number;
  /** In milliseconds since the epoch: no try begins later. */
  deadline: number;
  signal?: AbortSignal | undefined;
}

/** Tries until it succeeds, or until another try is of no use. Waits as long as an error says. */
export function retrying<T>(
  attempt: () => Promise<T>,
  { retriesMax, deadline, signal }: Retrying,
): Promise<T> {
  return pRetry(attempt, {
    retries: retriesMax,
    minTimeout: PAUSE_MS,
    maxTimeout: PAUSE_MAX_MS,
    randomize: true,
    ...(signal && { signal }),
    onFailedAttempt: async ({ error, retryDelay, retriesLeft }) => {
      const says = error instanceof RefusedError || error instanceof UnknownOutcomeError;
      const asked = says ? (error.retryAfterMs ?? 0) : 0;
      if (!mayPass(error) || retriesLeft === 0) return;
      if (Date.now() + Math.max(asked, retryDelay) > deadline) throw error;
      if (asked > retryDelay) await pause(asked - retryDelay, signal);
    },
    shouldRetry: ({ error }) => mayPass(error),
  });
}

/** Waits; a signal that aborts ends the wait. */
function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    if (signal?.aborted) end();
    else signal?.addEventListener("abort", end, { once: true });
  });
}
