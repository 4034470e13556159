import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { createDatabase } from "@tessera/postgres/create-database.ts";
import type { DatabaseConfig } from "@tessera/postgres/database-variables.ts";
import { migrate } from "@tessera/postgres/migrate.ts";
import { connectPool, type Sql } from "@tessera/postgres/pool.ts";
import postgres from "postgres";
import { inject } from "vitest";
import { citusWorkers, createOnCluster, distributionOf, dropOnCluster, migrateDistributed } from "./citus.ts";
import type {} from "./global-setup.ts";

/** A database that one test file has to itself. */
export interface TestDatabase {
  url: string;
  sql: Sql;
  /** Whether its tables are distributed over the servers of a Citus cluster. */
  isDistributed: boolean;
  /** Closes `sql` and removes the database, even with other connections open. */
  drop(): Promise<void>;
}

/** How services are patient with the database of the tests, whose machine may be busy with other things. */
export const PATIENT = {
  DATABASE_WAIT_MILLISECONDS: 10_000,
  DATABASE_CONNECT_MILLISECONDS: 30_000,
  DATABASE_SILENCE_MILLISECONDS: 5_000,
};

/** The settings of a service that works on `database`. */
export function databaseConfig({ url }: TestDatabase): DatabaseConfig {
  return {
    DATABASE_URL: url,
    POOL_SIZE: 8,
    DATABASE_PREPARED_STATEMENTS: true,
    START_WAIT_MILLISECONDS: 60_000,
    ...PATIENT,
  };
}

const patient = {
  waitMs: PATIENT.DATABASE_WAIT_MILLISECONDS,
  connectTimeoutMs: PATIENT.DATABASE_CONNECT_MILLISECONDS,
  silenceMs: PATIENT.DATABASE_SILENCE_MILLISECONDS,
};

/** Serializes the making of templates between test files; clones need no lock. */
const TEMPLATE_LOCK = 7_365_554;
const TEMPLATE_WAIT = "60s";
const CLOSE_SECONDS = 5;

/**
 * A fresh database with the migrations of `folder` in it: a copy of a template that the first who asks makes. Without a
 * folder it is empty. Where the tests run on a Citus cluster, the tables of a service that can be distributed are.
 */
export async function testDatabase(folder?: URL): Promise<TestDatabase> {
  const adminUrl = inject("adminUrl");
  if (folder && citusWorkers().length > 0 && existsSync(distributionOf(folder)))
    return distributedDatabase(adminUrl, folder);
  const template = folder ? await migratedTemplate(adminUrl, folder) : "template1";
  const name = `test_${randomBytes(8).toString("hex")}`;
  await createDatabase(adminUrl, name, template);
  const url = urlOf(adminUrl, name);
  const sql = connectPool(url, { applicationName: "test", ...patient });
  return {
    url,
    sql,
    isDistributed: false,
    drop: async () => {
      await sql.end({ timeout: CLOSE_SECONDS });
      await asAdmin(adminUrl, (admin) => admin`drop database if exists ${admin(name)} with (force)`);
    },
  };
}

async function distributedDatabase(adminUrl: string, folder: URL): Promise<TestDatabase> {
  const workers = citusWorkers();
  const name = `test_${randomBytes(8).toString("hex")}`;
  const url = urlOf(adminUrl, name);
  await createOnCluster(adminUrl, workers, name);
  const sql = connectPool(url, { applicationName: "test", ...patient });
  await migrateDistributed(sql, folder);
  return {
    url,
    sql,
    isDistributed: true,
    drop: async () => {
      await sql.end({ timeout: CLOSE_SECONDS });
      await dropOnCluster(adminUrl, workers, name);
    },
  };
}

async function migratedTemplate(adminUrl: string, folder: URL): Promise<string> {
  const template = `template_${createHash("sha256").update(folder.href).digest("hex").slice(0, 16)}`;
  const making = `${template}_new`;
  await asAdmin(adminUrl, async (admin) => {
    await admin`select set_config('lock_timeout', ${TEMPLATE_WAIT}, false)`;
    await admin`select pg_advisory_lock(${TEMPLATE_LOCK})`;
    const found = await admin`select from pg_database where datname = ${template}`;
    if (found.length > 0) return;
    await admin`drop database if exists ${admin(making)} with (force)`;
    await createDatabase(adminUrl, making);
    const sql = connectPool(urlOf(adminUrl, making), { applicationName: "template", max: 1, ...patient });
    try {
      await migrate(sql, folder);
    } finally {
      await sql.end({ timeout: CLOSE_SECONDS });
    }
    // Under its own name only when it is whole: a migration that fails is run again by the next who asks.
    await admin`alter database ${admin(making)} rename to ${admin(template)}`;
  });
  return template;
}

async function asAdmin<T>(adminUrl: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(adminUrl, { max: 1, fetch_types: false, onnotice: () => {} });
  try {
    return await work(sql);
  } finally {
    await sql.end({ timeout: CLOSE_SECONDS });
  }
}

function urlOf(adminUrl: string, name: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return url.href;
}
