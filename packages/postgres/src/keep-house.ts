import { repeat } from "@tessera/runtime/repeat.ts";
import type { Logger } from "pino";
import type { Sql } from "./pool.ts";
import { forgetRequests } from "./requests.ts";

const INTERVAL_MS = 3_600_000;
/** At most this many statements in one round; the rest waits for the next. */
const STATEMENTS_MAX = 100;

/** Deletes some rows that are older than the promised retention; returns how many. */
type Forget = (sql: Sql) => Promise<number>;

/** Forgets, once an hour, the requests that were remembered for long enough, and what else a service keeps for a time. */
export function keepHouse(sql: Sql, log: Logger, others: Record<string, Forget> = {}): { stop(): void } {
  const jobs = Object.entries({ requests: forgetRequests, ...others }).map(([what, forget]) =>
    repeat({
      everyMs: INTERVAL_MS,
      later: true,
      work: async () => log.info({ what, forgotten: await forgetAll(sql, forget) }, "deleted expired rows"),
      failed: (error) => log.warn({ what, err: error }, "could not delete expired rows; retrying"),
    }),
  );
  return { stop: () => void Promise.all(jobs.map((it) => it.stop())) };
}

async function forgetAll(sql: Sql, forget: Forget): Promise<number> {
  let forgotten = 0;
  for (let statements = 0; statements < STATEMENTS_MAX; statements++) {
    const count = await forget(sql);
    if (count === 0) break;
    forgotten += count;
  }
  return forgotten;
}
