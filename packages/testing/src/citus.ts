import { createDatabase } from "@tessera/postgres/create-database.ts";
import { distribute } from "@tessera/postgres/distribute.ts";
import { migrate } from "@tessera/postgres/migrate.ts";
import type { Sql } from "@tessera/postgres/pool.ts";
import postgres from "postgres";

/** Few, as every shard of every table is created for each test database. */
const SHARDS = 4;

/** "host:port" of the workers of a Citus cluster whose coordinator runs the tests; none where it is a single server. */
export function citusWorkers(env: Record<string, string | undefined> = process.env): string[] {
  return (env.TEST_CITUS_WORKERS ?? "").split(",").filter((address) => address !== "");
}

/** Makes database `name` on the coordinator and on all workers, and makes one cluster of them. */
export async function createOnCluster(adminUrl: string, workers: string[], name: string): Promise<void> {
  const coordinator = new URL(adminUrl);
  await Promise.all(
    [coordinator.host, ...workers].map(async (address) => {
      await createDatabase(urlAt(adminUrl, address, "postgres"), name);
      await using connection = connected(urlAt(adminUrl, address, name));
      await connection.sql`create extension citus`;
    }),
  );
  await using connection = connected(urlAt(adminUrl, coordinator.host, name));
  const { sql } = connection;
  await sql`select citus_set_coordinator_host(${coordinator.hostname}, ${Number(coordinator.port)})`;
  for (const worker of workers.map((address) => new URL(urlAt(adminUrl, address, name))))
    await sql`select citus_add_node(${worker.hostname}, ${Number(worker.port)})`;
}

/** Brings a database of a cluster to the schema in `folder` and distributes its tables. */
export async function migrateDistributed(sql: Sql, folder: URL): Promise<void> {
  await migrate(sql, folder);
  await distribute(sql, distributionOf(folder), SHARDS);
}

/** The file that distributes the tables of a service, beside its migrations. */
export function distributionOf(migrations: URL): URL {
  return new URL("../distributed/distribute.sql", migrations);
}

export async function dropOnCluster(adminUrl: string, workers: string[], name: string): Promise<void> {
  for (const address of [new URL(adminUrl).host, ...workers]) {
    await using connection = connected(urlAt(adminUrl, address, "postgres"));
    await connection.sql`drop database if exists ${connection.sql(name)} with (force)`;
  }
}

function connected(url: string) {
  const sql = postgres(url, { max: 1, fetch_types: false, onnotice: () => {} });
  return { sql, [Symbol.asyncDispose]: () => sql.end({ timeout: 5 }) };
}

function urlAt(adminUrl: string, address: string, name: string): string {
  const url = new URL(adminUrl);
  url.host = address;
  url.pathname = `/${name}`;
  return url.href;
}
