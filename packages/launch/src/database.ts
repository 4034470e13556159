import { join } from "node:path";
import { startEmbedded } from "@tessera/embedded-postgres/server.ts";
import { databaseAddress, withDatabase } from "@tessera/postgres/database-address.ts";

/** The PostgreSQL under the services, which has a database for each. */
export interface Database {
  /** Of a service's database. */
  url(service: string): string;
  nameOf(service: string): string;
  /** Of a database of a role that may make others. */
  adminUrl(): string;
  /** Takes PostgreSQL away at once, and brings it back. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** The database in which PostgreSQL makes others. */
const MAINTENANCE = "postgres";

/** An embedded PostgreSQL, whose data is in `folder`. */
export async function embeddedDatabase(folder: string): Promise<Database> {
  const home = join(folder, "postgres");
  let server = await startEmbedded({ folder: home });
  return {
    url: (service) => server.url(service),
    nameOf: (service) => service,
    adminUrl: () => server.url(MAINTENANCE),
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
    adminUrl: () => withDatabase(url, isNamed ? database : MAINTENANCE),
    restart: () =>
      Promise.reject(new Error("This PostgreSQL cannot be restarted: the process did not start it.")),
    stop: async () => {},
  };
}
