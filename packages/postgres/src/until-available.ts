import type { Log } from "@tessera/runtime/log.ts";
import pRetry from "p-retry";
import { databaseFailure } from "./database-failure.ts";

/** How to wait for a database. */
export interface Patience {
  log: Pick<Log, "warn" | "info">;
  limitMs: number;
  /** Ends the wait: the process is stopping. */
  signal?: AbortSignal | undefined;
}

const PAUSE_MS = 500;
/** What is the matter is said again after this long. */
const SAY_AGAIN_MS = 10_000;

/**
 * What `work` comes to, which is tried until the database can be asked: one that is starting, far away or busy is waited
 * for, and the log says so. Throws what the last try threw after `limitMs`, and at once what no wait would mend.
 */
export async function untilAvailable<T>(
  { log, limitMs, signal }: Patience,
  work: () => Promise<T>,
): Promise<T> {
  const limit = Date.now() + limitMs;
  let said = { why: "", at: 0 };
  const result = await pRetry(work, {
    retries: Number.POSITIVE_INFINITY,
    maxRetryTime: limitMs,
    minTimeout: PAUSE_MS,
    factor: 1,
    ...(signal && { signal }),
    shouldRetry: ({ error }) => {
      if (databaseFailure(error) === undefined) return false;
      if (error.message !== said.why || Date.now() - said.at > SAY_AGAIN_MS) {
        said = { why: error.message, at: Date.now() };
        log.warn({ why: error.message, wait_ms: limit - Date.now() }, "waiting for the database");
      }
      return true;
    },
  });
  if (said.at > 0) log.info("connected to the database");
  return result;
}
