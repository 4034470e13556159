import type { Log } from "@tessera/runtime/log.ts";
import type { Sql } from "./pool.ts";

const OLDEST_VERSION = 15;

/**
 * Throws an Error that names each fault of a server on which an acknowledged command could be lost, or on which our SQL
 * does not run.
 */
export async function refuseUnsafe(sql: Sql): Promise<void> {
  const [server] = await sql<ServerFacts[]>`
    select
      current_setting('server_version_num')::int as version,
      current_setting('server_encoding') as encoding,
      current_setting('fsync') as fsync,
      current_setting('full_page_writes') as full_page_writes,
      current_setting('synchronous_commit') as synchronous_commit,
      current_setting('synchronous_standby_names') as standbys,
      pg_is_in_recovery() as recovering`;
  if (!server) throw new Error("The database did not return its settings.");
  const faults = faultsOf(server);
  if (faults.length > 0)
    throw new Error(`This database does not give the promised durability: ${faults.join("; ")}.`);
}

/** Without these a statement may run, and wait, for ever. Behind pgbouncer they are the role's, which has to have them. */
const LIMITS = ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"];

/** Warns of limits that sessions lack. */
export async function warnOfSession(sql: Sql, log: Pick<Log, "warn">): Promise<void> {
  const missing = await sql<{ name: string }[]>`
    select name from unnest(${LIMITS}::text[]) as it (name) where current_setting(name) = '0'`;
  const settings = missing.map(({ name }) => name);
  if (settings.length > 0)
    log.warn({ settings }, "sessions have no such limits: set them for the role (alter role … set …)");
}

/** What decides whether a server is safe, as `current_setting` writes it. */
export interface ServerFacts {
  version: number;
  encoding: string;
  fsync: string;
  full_page_writes: string;
  synchronous_commit: string;
  standbys: string;
  recovering: boolean;
}

/** Everything that is wrong with a server, in words. */
export function faultsOf(server: ServerFacts): string[] {
  const faults: string[] = [];
  if (server.fsync === "off") faults.push("fsync is off");
  if (server.full_page_writes === "off") faults.push("full_page_writes is off");
  if (server.synchronous_commit === "off") faults.push("synchronous_commit is off");
  if (server.synchronous_commit === "local" && server.standbys !== "") {
    faults.push("synchronous_commit is local although there are synchronous standbys");
  }
  if (server.recovering) faults.push("it is a replica, or still recovering");
  if (server.encoding !== "UTF8") faults.push(`its encoding is ${server.encoding}, not UTF8`);
  if (server.version < OLDEST_VERSION * 10_000) {
    faults.push(
      `it is PostgreSQL ${Math.floor(server.version / 10_000)}, and ${OLDEST_VERSION} is the oldest that will do`,
    );
  }
  return faults;
}
