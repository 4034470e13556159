import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import type { Sql, TransactionSql } from "./pool.ts";

/** The lock of the process that migrates a database, one migration at a time. */
const MIGRATION_LOCK = 7_365_553;
/** How long to wait for another process that migrates. */
const LOCK_LIMIT_MS = 120_000;
/** How long a migration may wait for a table: all who come after it wait as long. */
const TABLE_LOCK_LIMIT_MS = 5_000;
/** The longest duration of a statement, that wait included. */
const STATEMENT_LIMIT_MS = 600_000;

const FILE_NAME = /^(\d{4})_[a-z0-9_]+\.sql$/;

interface Migration {
  version: number;
  name: string;
  checksum: string;
  text: string;
}

interface Applied {
  version: number;
  name: string;
  checksum: string;
}

/**
 * Brings a database to the newest of the numbered SQL files in `folder` (`0001_<what>.sql`) and returns the names of the
 * files that it ran. Each file is one transaction. Safe to run twice and from several processes at once. A database that
 * is newer than the files is left alone, so that old code may start beside new. Throws when a file that was run has
 * changed or is gone, when a number is missing, and what the failing file threw, which then has left nothing.
 */
export async function migrate(sql: Sql, folder: URL): Promise<string[]> {
  const migrations = await readMigrations(folder);
  const ran: string[] = [];
  for (const migration of migrations) {
    const isNew = await sql.begin({ statementTimeoutMs: STATEMENT_LIMIT_MS }, (transaction) =>
      run(transaction, migration, migrations),
    );
    if (isNew) ran.push(migration.name);
  }
  return ran;
}

async function run(sql: TransactionSql, migration: Migration, migrations: Migration[]): Promise<boolean> {
  await limitWait(sql, LOCK_LIMIT_MS);
  // Of the transaction, not the session: it also works through pgbouncer, and nothing is left held by a crash.
  await sql`select pg_advisory_xact_lock(${MIGRATION_LOCK})`;
  await limitWait(sql, TABLE_LOCK_LIMIT_MS);
  const applied = await readApplied(sql);
  refuseMismatch(migrations, applied);
  if (applied.some(({ version }) => version === migration.version)) return false;
  const { version, name, checksum, text } = migration;
  await sql`insert into schema_migrations (version, name, checksum) values (${version}, ${name}, ${checksum})`;
  await sql.unsafe(text);
  return true;
}

async function limitWait(sql: TransactionSql, lockMs: number): Promise<void> {
  await sql`select set_config('lock_timeout', ${String(lockMs)}, true)`;
}

async function readApplied(sql: TransactionSql): Promise<Applied[]> {
  await sql`
    create table if not exists schema_migrations (
      version int primary key,
      name text not null,
      checksum text not null,
      applied_time timestamptz not null default clock_timestamp()
    )`;
  return sql<Applied[]>`select version, name, checksum from schema_migrations order by version`;
}

function refuseMismatch(migrations: Migration[], applied: Applied[]): void {
  for (const { version, name, checksum } of applied) {
    if (version > migrations.length) return;
    const file = migrations[version - 1];
    if (file?.checksum === checksum) continue;
    throw new Error(
      file?.name === name
        ? `Migration ${name} has changed since it was run: undo that, and write a new one.`
        : `Migration ${name} was run on this database, but the folder has ${file?.name} in its place.`,
    );
  }
}

async function readMigrations(folder: URL): Promise<Migration[]> {
  const base = folder.href.endsWith("/") ? folder : new URL(`${folder.href}/`);
  const names = (await readdir(base)).filter((name) => name.endsWith(".sql")).sort();
  if (names.length === 0) throw new Error(`There is no migration in ${base.pathname}.`);
  return Promise.all(names.map((name, index) => readMigration(base, name, index + 1)));
}

async function readMigration(base: URL, name: string, version: number): Promise<Migration> {
  const number = FILE_NAME.exec(name)?.[1];
  if (!number) throw new Error(`Migration ${name} must be called like 0001_what_it_does.sql.`);
  if (Number(number) !== version) throw new Error(`Migration ${name} does not follow number ${version - 1}.`);
  // Git may check files out with other line ends.
  const text = (await readFile(new URL(name, base), "utf8")).replaceAll("\r\n", "\n");
  return { version, name, checksum: createHash("sha256").update(text).digest("hex"), text };
}
