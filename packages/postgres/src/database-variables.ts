import { flag, looksLikeExample, milliseconds } from "@tessera/runtime/environment.ts";
import { z } from "zod";
import { type DatabaseAddress, databaseAddress, type Host } from "./database-address.ts";
import type { PoolOptions } from "./pool.ts";

/** A shorter password can be guessed. */
const PASSWORD_LENGTH_MIN = 16;
/** A random password may hold a shorter name by chance. */
const NAME_LENGTH_MIN = 4;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/;

/** The URL of a PostgreSQL, as libpq reads it. */
export const databaseUrl = z.string().superRefine((text, context) => {
  try {
    const fault = passwordFault(databaseAddress(text));
    if (fault !== undefined) context.addIssue({ code: "custom", message: fault });
  } catch (error) {
    context.addIssue({ code: "custom", message: (error as Error).message });
  }
});

/**
 * What is wrong with the password towards a database elsewhere. On this machine every password is accepted, and none
 * is required where a certificate or a peer's name proves the caller.
 */
function passwordFault({ hosts, user, database, password }: DatabaseAddress): string | undefined {
  if (password === "" || hosts.every(isHere)) return undefined;
  if (password.length < PASSWORD_LENGTH_MIN)
    return `the password must have ${PASSWORD_LENGTH_MIN} characters at least where the database is elsewhere`;
  const names = [user, database].filter((name) => name.length >= NAME_LENGTH_MIN);
  const isGuessable = looksLikeExample(password) || names.some((name) => password.includes(name));
  return isGuessable ? "the password must be random: this one looks like an example" : undefined;
}

function isHere(host: Host): boolean {
  return "path" in host || LOOPBACK.test(host.host);
}

/** The variables by which every service finds its database. The defaults suit a database in the same data centre. */
export const databaseVariables = {
  DATABASE_URL: databaseUrl,
  /** The most connections to the database. */
  POOL_SIZE: z.coerce.number().int().min(1).max(200).default(16),
  /** How long a call waits for a connection before it is refused as UNAVAILABLE. */
  DATABASE_WAIT_MILLISECONDS: milliseconds.default(900),
  /** How long a connection may take to open; 10 s unless the URL has a connect_timeout. */
  DATABASE_CONNECT_MILLISECONDS: milliseconds.optional(),
  /** How long the database may leave a query unanswered before calls fail as UNAVAILABLE. */
  DATABASE_SILENCE_MILLISECONDS: milliseconds.default(800),
  /** "false" behind pgbouncer in transaction mode. */
  DATABASE_PREPARED_STATEMENTS: flag.default(true),
  /** How long a starting process waits for its database before it gives up. */
  START_WAIT_MILLISECONDS: milliseconds.default(300_000),
};

export type DatabaseConfig = z.output<z.ZodObject<typeof databaseVariables>>;

/** The options of the pool from the configuration. */
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
