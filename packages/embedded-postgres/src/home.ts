import { createHash } from "node:crypto";
import { mkdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { embeddedBinaries } from "./binaries.ts";
import { type DatabaseUser, databaseUser, makeFolder, mayUse } from "./database-user.ts";

/** Where one embedded PostgreSQL lives and who runs it. */
export interface EmbeddedHome {
  /** Holds `data/`, `server.log` and, where they had to be copied, the binaries. */
  folder: string;
  data: string;
  /** Absolute path of a program of the server: "postgres", "initdb" or "pg_ctl". */
  program(name: string): string;
  /** Options with which every program of the server is started. */
  spawning: { cwd: string; env: NodeJS.ProcessEnv; uid?: number; gid?: number };
  user: DatabaseUser | undefined;
}

/** Where the data goes when the user who must own it cannot enter the folder that was asked for. */
const OUTSIDE = "/var/lib/tessera";

/** Makes ready a home in `wanted`, or outside it where PostgreSQL's user cannot go there. Throws sentences for people. */
export async function embeddedHome(wanted: string): Promise<EmbeddedHome> {
  const asked = resolve(wanted);
  await mkdir(dirname(asked), { recursive: true });
  const asker = await databaseUser(asked);
  const folder = asker && !(await mayUse(dirname(asked), asker)) ? outside(asked) : asked;
  const user = await databaseUser(folder);
  await refuseOthers(folder);
  await makeFolder(folder, user);
  const native = await embeddedBinaries(folder, user);
  return {
    folder,
    data: join(folder, "data"),
    program: (name) => join(native, "bin", process.platform === "win32" ? `${name}.exe` : name),
    // A bare environment: PG*, LC_* and LD_LIBRARY_PATH of the parent would change the server.
    spawning: {
      cwd: folder,
      env: { PATH: process.env.PATH, SystemRoot: process.env.SystemRoot },
      ...user,
    },
    user,
  };
}

/** A folder that is the same for the same clone at each start, and another one for every other clone. */
function outside(asked: string): string {
  const hash = createHash("sha256").update(asked).digest("hex").slice(0, 12);
  return join(OUTSIDE, `${basename(dirname(asked))}-${hash}`);
}

async function refuseOthers(folder: string): Promise<void> {
  const owner = await stat(folder).catch(() => undefined);
  const uid = process.getuid?.();
  if (!owner || uid === undefined || uid === 0 || owner.uid === uid) return;
  throw new Error(
    `The data in ${folder} belongs to user ${owner.uid}: start as that user or root, or remove it.`,
  );
}
