import { setTimeout as sleep } from "node:timers/promises";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import { blocked } from "./blocked.ts";

const TRIES_MAX = 1_000;
const BETWEEN_TRIES_MS = 10;

/** A command whose caller leaves while it waits for rows. */
export interface LeftWaiting {
  /** Holds what the command will wait for, by another connection. */
  hold: (tx: TransactionSql) => PromiseLike<unknown>;
  /** Sends the command; its caller leaves when the signal aborts. */
  call: (signal: AbortSignal) => Promise<unknown>;
  /** The beginning of the statement that waits last, where others of the command wait before and give up. */
  waits?: string;
  /** Resolves when the service knows that the caller left: another call on the same connection, for one. */
  noticed?: () => Promise<unknown>;
}

/**
 * Lets the caller of a command leave while the command waits, in its transaction, for rows that another connection
 * holds; then lets go of these, as they were. Returns the answer to the caller.
 */
export async function leftWaiting(
  sql: Sql,
  { hold, call, waits = "", noticed }: LeftWaiting,
): Promise<unknown> {
  const leaving = new AbortController();
  const undone = new Error("undone");
  let outcome: Promise<unknown> | undefined;
  const holding = sql.begin(async (tx) => {
    await hold(tx);
    outcome = call(leaving.signal).then(
      () => "acknowledged",
      (error: unknown) => error,
    );
    await untilOneWaits(sql, waits);
    leaving.abort();
    await noticed?.();
    throw undone;
  });
  await holding.catch((error: unknown) => {
    if (error !== undone) throw error;
  });
  await untilNoneRuns(sql);
  return outcome;
}

/** Waits until a statement that begins so waits for a row. */
async function untilOneWaits(sql: Sql, beginning: string): Promise<void> {
  await until(async () => (await blocked(sql, beginning)) > 0);
}

/** Waits until no other transaction is under way. */
async function untilNoneRuns(sql: Sql): Promise<void> {
  await until(async () => {
    const running = await sql`
      select from pg_stat_activity
      where datname = current_database() and backend_type = 'client backend' and xact_start is not null
        and pid <> pg_backend_pid()`;
    return running.length === 0;
  });
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    if (await condition()) return;
    await sleep(BETWEEN_TRIES_MS);
  }
  throw new Error("it did not come to that");
}
