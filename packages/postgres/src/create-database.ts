import { connectPool } from "./pool.ts";

/** Nothing that would need quoting, so that it reads the same in a URL, in SQL and in a shell. */
const NAME = /^[a-z][a-z0-9_]{0,62}$/;
/** A copy of a template is written to disk whole. */
const STATEMENT_LIMIT_MS = 120_000;
const WAIT_MS = 10_000;

/**
 * Makes database `name` unless it is there; several may ask at once. `adminUrl` names a role that may make databases.
 * With `template`, the new one is a copy of that database, which nobody may be connected to. Returns whether it was
 * created.
 */
export async function createDatabase(
  adminUrl: string,
  name: string,
  template = "template1",
): Promise<boolean> {
  if (!NAME.test(name)) throw new Error(`A database cannot be called ${JSON.stringify(name)}.`);
  const limits = { statementTimeoutMs: STATEMENT_LIMIT_MS, lockTimeoutMs: STATEMENT_LIMIT_MS };
  const sql = connectPool(adminUrl, {
    applicationName: "create-database",
    max: 1,
    waitMs: WAIT_MS,
    ...limits,
  });
  try {
    const found = await sql`select from pg_database where datname = ${name}`;
    if (found.length > 0) return false;
    await sql`create database ${sql(name)} template ${sql(template)}`;
    return true;
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw error;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** 42P04 after the other process finished, 23505 on the catalogue's index while both run. */
function isDuplicate(error: unknown): boolean {
  const { code, table_name: table } = error as { code?: string; table_name?: string };
  return code === "42P04" || (code === "23505" && table === "pg_database");
}
