import { join } from "node:path";
import { startEmbedded } from "@tessera/embedded-postgres/server.ts";
import { databaseAddress, withDatabase } from "@tessera/postgres/database-address.ts";
import { connectPool } from "@tessera/postgres/pool.ts";

/** The PostgreSQL under the services, which has a database for each. */
export interface Database {
  /** Of a service's database. */
  url(service: string): string;
  nameOf(service: string): string;
  /** Of a database in which a role that may make others makes them. */
  adminUrl(): Promise<string>;
  /** Takes PostgreSQL away at once, and brings it back. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** The database in which PostgreSQL makes others. */
const MAINTENANCE = "postgres";
/** What every PostgreSQL has, also one from which `postgres` was deleted. */
const ALWAYS_THERE = "template1";
/** The database does not exist, or the role may not connect to it. */
const CLOSED = new Set(["3D000", "42501", "28000"]);
const LOOK_MS = 10_000;

/** An embedded PostgreSQL, whose data is in `folder`. */
export async function embeddedDatabase(folder: string): Promise<Database> {
  const home = join(folder, "postgres");
  let server = await startEmbedded({ folder: home });
  return {
    url: (service) => server.url(service),
    nameOf: (service) => service,
    adminUrl: async () => server.url(MAINTENANCE),
    restart: async () => {
      const port = Number(new URL(server.url(MAINTENANCE)).port);
      process.kill(server.pid, "SIGKILL");
      await server.exited;
      server = await startEmbedded({ folder: home, port });
    },
    stop: () => server.stop(),
  };
}

/** A PostgreSQL that somebody else runs. */
export function ownDatabase(url: string): Database {
  const { database, user } = databaseAddress(url);
  // Without a name in the URL, libpq would take the user's.
  const isNamed = database !== user && database !== MAINTENANCE;
  const nameOf = (service: string) => (isNamed ? `${database}_${service}` : service);
  return {
    url: (service) => withDatabase(url, nameOf(service)),
    nameOf,
    adminUrl: () => firstOpen(url, [...(isNamed ? [database] : []), MAINTENANCE, ALWAYS_THERE]),
    restart: () =>
      Promise.reject(new Error("This PostgreSQL cannot be restarted: the process did not start it.")),
    stop: async () => {},
  };
}

/** The URL of the first of these databases that the role of `url` can connect to. */
async function firstOpen(url: string, names: readonly string[]): Promise<string> {
  let closed: unknown;
  for (const name of names) {
    const found = withDatabase(url, name);
    const sql = connectPool(found, { applicationName: "start", max: 1, waitMs: LOOK_MS });
    try {
      await sql`select 1`;
      return found;
    } catch (error) {
      // The pool says that it got no connection; what PostgreSQL said is the cause.
      if (!CLOSED.has(((error as Error).cause as { code?: string } | undefined)?.code ?? "")) throw error;
      closed ??= error;
    } finally {
      await sql.end({ timeout: 5 });
    }
  }
  throw closed;
}
