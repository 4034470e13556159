import type { Source } from "../source.ts";

/** The files that hold SQL: store.ts of a room, or one of several of it, such as member-store.ts. */
const STORE = /(^|[/-])store\.ts$/;
/** Packages that are about the database, and those that measure or test it. */
const ABOUT_DATABASES = /^packages\/(postgres|embedded-postgres|feeds|launch|testing)\//;

/** SQL stands in store files only, and these know neither how a call arrives nor what is decided. */
export function ofStores({ path, imports, sql }: Source, isTest: boolean): string[] {
  if (isTest || ABOUT_DATABASES.test(path)) return [];
  if (!STORE.test(path)) return sql.map((line) => `${path}:${line} has SQL: only store files do`);
  return imports
    .filter((it) => it.startsWith("@connectrpc/") || it.startsWith("@tessera/rpc/"))
    .map((it) => `${path} is SQL and imports ${it}`);
}
