import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "@tessera/runtime/log.ts";
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
  for (;;) {
    try {
      const result = await work();
      if (said.at > 0) log.info("connected to the database");
      return result;
    } catch (error) {
      const failure = databaseFailure(error);
      if (failure === undefined || signal?.aborted || Date.now() + PAUSE_MS > limit) throw error;
      const why = (error as Error).message;
      if (why !== said.why || Date.now() - said.at > SAY_AGAIN_MS) {
        said = { why, at: Date.now() };
        log.warn({ why, wait_ms: limit - Date.now() }, "waiting for the database");
      }
      await sleep(PAUSE_MS, undefined, { signal: signal ?? new AbortController().signal });
    }
  }
}
