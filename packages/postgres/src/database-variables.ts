import { flag, milliseconds } from "@tessera/runtime/environment.ts";
import { z } from "zod";
import { databaseAddress } from "./database-address.ts";
import type { PoolOptions } from "./pool.ts";

/** The URL of a PostgreSQL, as libpq reads it. */
const databaseUrl = z.string().superRefine((text, context) => {
  try {
    databaseAddress(text);
  } catch (error) {
    context.addIssue({ code: "custom", message: (error as Error).message });
  }
});

/** How every service finds its database. The defaults suit a database in the same building. */
export const databaseVariables = {
  DATABASE_URL: databaseUrl,
  /** Connections to the database at most. */
  POOL_SIZE: z.coerce.number().int().min(1).max(200).default(16),
  /** How long a call waits for a connection before it is refused as UNAVAILABLE. */
  DATABASE_WAIT_MILLISECONDS: milliseconds.default(900),
  /** How long a connection may take to open, whoever still waits for it; 10 s unless the URL has a connect_timeout. */
  DATABASE_CONNECT_MILLISECONDS: milliseconds.optional(),
  /** How long the database may say nothing to what it was asked before calls fail as UNAVAILABLE. */
  DATABASE_SILENCE_MILLISECONDS: milliseconds.default(800),
  /** "false" behind pgbouncer in transaction mode. */
  DATABASE_PREPARED_STATEMENTS: flag.default(true),
  /** How long a starting process waits for its database before it gives up. */
  START_WAIT_MILLISECONDS: milliseconds.default(300_000),
};

export type DatabaseConfig = z.output<z.ZodObject<typeof databaseVariables>>;

/** What the configuration says of the pool. */
export function poolOptions(config: DatabaseConfig): Omit<PoolOptions, "applicationName"> {
  const connectTimeoutMs = config.DATABASE_CONNECT_MILLISECONDS;
  return {
    max: config.POOL_SIZE,
    waitMs: config.DATABASE_WAIT_MILLISECONDS,
    silenceMs: config.DATABASE_SILENCE_MILLISECONDS,
    ...(connectTimeoutMs !== undefined && { connectTimeoutMs }),
    ...(!config.DATABASE_PREPARED_STATEMENTS && { pgbouncer: true }),
  };
}
