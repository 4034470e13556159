import { connectPool, type Sql } from "@tessera/postgres/pool.ts";

const WAIT_MS = 60_000;
/** Hundreds of thousands of rows are written in one statement. */
const STATEMENT_MS = 600_000;

/** A pool whose callers wait, however many they are: what is measured is the database. */
export function benchPool(url: string, max = 16): Sql {
  const patience = { waitMs: WAIT_MS, connectTimeoutMs: WAIT_MS, statementTimeoutMs: STATEMENT_MS };
  return connectPool(url, { applicationName: "bench", max, ...patience, silenceMs: WAIT_MS });
}
