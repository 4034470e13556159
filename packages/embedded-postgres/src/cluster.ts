import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chown, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { EmbeddedHome } from "./home.ts";

/** The role that owns an embedded PostgreSQL. */
export const EMBEDDED_ROLE = "tessera";

const INITDB_LIMIT_MS = 300_000;
const PASSWORD_FILE = "tessera-password";

/** Makes the data folder unless it exists, and returns the password of `EMBEDDED_ROLE`. */
export async function embeddedCluster(home: EmbeddedHome): Promise<string> {
  const passwordFile = join(home.data, PASSWORD_FILE);
  if (!(await exists(home.data))) await initialize(home);
  try {
    return await readFile(passwordFile, "utf8");
  } catch (cause) {
    throw new Error(
      `The password of the database in ${home.data} cannot be read: restore ${PASSWORD_FILE} there.`,
      {
        cause,
      },
    );
  }
}

/** Whatever is cut short leaves no `data/` behind: that name appears by a rename, when everything is in it. */
async function initialize(home: EmbeddedHome): Promise<void> {
  const making = `${home.data}.${process.pid}`;
  const passwordFile = `${making}.password`;
  try {
    await writeFile(passwordFile, randomBytes(24).toString("hex"), { mode: 0o600 });
    if (home.user) await chown(passwordFile, home.user.uid, home.user.gid);
    await runInitdb(home, making, passwordFile);
    await rename(passwordFile, join(making, PASSWORD_FILE));
    await rename(making, home.data);
  } catch (error) {
    // Another start that ran at the same time may have been quicker: then its folder serves.
    if (!(await exists(join(home.data, PASSWORD_FILE)))) throw error;
  } finally {
    await rm(making, { recursive: true, force: true });
    await rm(passwordFile, { force: true });
  }
}

/**
 * The builtin C.UTF-8 sorts by code point, alike on every machine, and folds case in every script. pg_trgm asks the C
 * library instead, so LC_CTYPE must know letters too; macOS and Windows have no locale of that name.
 */
async function runInitdb(home: EmbeddedHome, data: string, passwordFile: string): Promise<void> {
  const options = ["--pgdata", data, "--username", EMBEDDED_ROLE, "--pwfile", passwordFile];
  const rules = ["--auth=scram-sha-256", "--encoding=UTF8", "--no-instructions"];
  const locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", ...letters()];
  try {
    await promisify(execFile)(home.program("initdb"), [...options, ...rules, ...locale], {
      ...home.spawning,
      timeout: INITDB_LIMIT_MS,
    });
  } catch (cause) {
    const { stderr, message } = cause as Error & { stderr?: string };
    throw new Error(
      `The data folder of the embedded PostgreSQL could not be made: ${stderr?.trim() || message}`,
      { cause },
    );
  }
}

function letters(): string[] {
  if (process.platform === "darwin") return ["--lc-ctype=en_US.UTF-8"];
  return process.platform === "win32" ? [] : ["--lc-ctype=C.UTF-8"];
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
