import { readEnvironment } from "@tessera/runtime/environment.ts";
import { createLog, type Log } from "@tessera/runtime/log.ts";
import { z } from "zod";
import { type DatabaseConfig, databaseVariables, poolOptions } from "./database-variables.ts";
import { refuseUnsafe, warnOfSession } from "./durability.ts";
import { connectPool, type PoolOptions, type Sql } from "./pool.ts";
import { refuseMissingSchema } from "./schema.ts";
import { untilAvailable } from "./until-available.ts";

/** What a service brings to its database. */
export interface Opened {
  applicationName: string;
  settings?: NonNullable<PoolOptions["settings"]>;
  migrations: URL;
  log: Log;
  /** Ends the wait for a database that is not there yet. */
  signal?: AbortSignal | undefined;
}

/**
 * The pool of a service, when its database is there. Waits for one that is starting; throws where it cannot keep what is
 * promised or lacks the schema.
 */
export async function openDatabase(
  config: DatabaseConfig,
  { migrations, log, signal, ...options }: Opened,
): Promise<Sql> {
  const sql = connectPool(config.DATABASE_URL, { ...poolOptions(config), ...options });
  try {
    await untilAvailable({ log, signal, limitMs: config.START_WAIT_MILLISECONDS }, async () => {
      await refuseUnsafe(sql);
      await refuseMissingSchema(sql, migrations);
    });
    await warnOfSession(sql, log);
    return sql;
  } catch (error) {
    await sql.end({ timeout: 0 });
    throw error;
  }
}

/** Asks the database for nothing; rejects while it is unavailable. */
export async function ping(sql: Sql): Promise<void> {
  await sql`select 1`;
}

/** How long a command waits for a connection: nobody waits for the command. */
const COMMAND_WAIT_MS = 10_000;

/** Runs a command of an operator on the database of the environment, when that is there, and closes it. */
export async function onDatabase(name: string, work: (sql: Sql) => Promise<void>): Promise<void> {
  const config = readEnvironment(z.object(databaseVariables));
  const options = { ...poolOptions(config), waitMs: COMMAND_WAIT_MS, max: 2 };
  const sql = connectPool(config.DATABASE_URL, { ...options, applicationName: name });
  const log = createLog({ name, level: "warn" });
  try {
    await untilAvailable({ log, limitMs: config.START_WAIT_MILLISECONDS }, () => ping(sql));
    await work(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}
