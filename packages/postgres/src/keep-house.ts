import type { Logger } from "pino";
import type { Sql } from "./pool.ts";
import { forgetRequests } from "./requests.ts";

const INTERVAL_MS = 3_600_000;
/** So many statements at most in one round; what is left waits for the next. */
const STATEMENTS_MAX = 100;

/** Forgets, once an hour, the requests that were remembered for long enough. */
export function keepHouse(sql: Sql, log: Logger): { stop(): void } {
  const timer = setInterval(() => {
    forgetAll(sql).then(
      (forgotten) => log.info({ forgotten }, "requests forgotten"),
      (error: unknown) => log.warn({ err: error }, "requests could not be forgotten"),
    );
  }, INTERVAL_MS).unref();
  return { stop: () => clearInterval(timer) };
}

async function forgetAll(sql: Sql): Promise<number> {
  let forgotten = 0;
  for (let statements = 0; statements < STATEMENTS_MAX; statements++) {
    const count = await forgetRequests(sql);
    if (count === 0) break;
    forgotten += count;
  }
  return forgotten;
}
