import { chown, lchown, mkdir, readdir, realpath, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

/** The operating system's user that PostgreSQL runs as, which refuses to run as root. */
export interface DatabaseUser {
  uid: number;
  gid: number;
}

/** The user called nobody on every Unix. */
const NOBODY: DatabaseUser = { uid: 65_534, gid: 65_534 };

/**
 * The user that must run PostgreSQL on the data in `folder`: undefined for the user of this process. For root it is
 * the owner of data that is there already, so that `sudo npm start` serves what `npm start` made, and nobody for a
 * new folder.
 */
export async function databaseUser(folder: string): Promise<DatabaseUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const data = await stat(join(folder, "data")).catch(() => undefined);
  return data && data.uid !== 0 ? { uid: data.uid, gid: data.gid } : NOBODY;
}

/** Whether `user` may pass all folders down to `path` and then read (a folder or program: and enter or run) it. */
export async function mayUse(path: string, user: DatabaseUser): Promise<boolean> {
  const real = await realpath(path);
  const READ = 0o4;
  const EXECUTE = 0o1;
  const target = await stat(real);
  const needed = target.mode & 0o111 ? READ | EXECUTE : READ;
  if ((permissions(target, user) & needed) !== needed) return false;
  for (let folder = dirname(real); ; folder = dirname(folder)) {
    if (!(permissions(await stat(folder), user) & EXECUTE)) return false;
    if (folder === dirname(folder)) return true;
  }
}

function permissions(file: { mode: number; uid: number; gid: number }, user: DatabaseUser): number {
  const shift = file.uid === user.uid ? 6 : file.gid === user.gid ? 3 : 0;
  return (file.mode >> shift) & 0o7;
}

/** Makes `folder` with mode 0700, the property of `user`. */
export async function makeFolder(folder: string, user: DatabaseUser | undefined): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (user) await chown(folder, user.uid, user.gid);
}

/** Makes `folder` and all in it the property of `user`. */
export async function giveTo(folder: string, user: DatabaseUser): Promise<void> {
  await lchown(folder, user.uid, user.gid);
  for (const entry of await readdir(folder, { recursive: true })) {
    await lchown(join(folder, entry), user.uid, user.gid);
  }
}
