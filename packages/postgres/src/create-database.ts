import postgres from "postgres";

/** Nothing that would need quoting, so that it reads the same in a URL, in SQL and in a shell. */
const NAME = /^[a-z][a-z0-9_]{0,62}$/;

/**
 * Makes database `name` unless it is there; several may ask at once. `adminUrl` names a role that may make databases.
 * With `template`, the new one is a copy of that database, which nobody may be connected to. Answers whether it was made.
 */
export async function createDatabase(
  adminUrl: string,
  name: string,
  template = "template1",
): Promise<boolean> {
  if (!NAME.test(name)) throw new Error(`A database cannot be called ${JSON.stringify(name)}.`);
  const sql = postgres(adminUrl, { max: 1, connect_timeout: 5, fetch_types: false, onnotice: () => {} });
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

/** 42P04 when the other one is done, 23505 on the catalogue's index when both are at it. */
function isDuplicate(error: unknown): boolean {
  if (!(error instanceof postgres.PostgresError)) return false;
  return error.code === "42P04" || (error.code === "23505" && error.table_name === "pg_database");
}
