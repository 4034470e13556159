import { readdir } from "node:fs/promises";
import type { Sql } from "./pool.ts";

/** Throws an Error that says what to do where the database lacks a migration of `folder`: services do not migrate. */
export async function refuseMissingSchema(sql: Sql, folder: URL): Promise<void> {
  const files = (await readdir(folder)).filter((name) => name.endsWith(".sql"));
  const [table] = await sql<{ there: boolean }[]>`
    select to_regclass('schema_migrations') is not null as there`;
  const applied = table?.there ? await sql<{ name: string }[]>`select name from schema_migrations` : [];
  const missing = files.filter((name) => !applied.some((it) => it.name === name)).sort();
  if (missing.length === 0) return;
  throw new Error(`The database lacks ${missing.join(", ")}: run this service's src/migrate.ts first.`);
}
