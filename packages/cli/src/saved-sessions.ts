import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { z } from "zod";
import { Failure } from "./failure.ts";

const tokens = z.object({
  accessToken: z.string(),
  refreshToken: z.string(),
  expireTime: z.string().optional(),
});

const saved = z.object({
  /** The server of the last sign-in. */
  server: z.string().optional(),
  /** The tokens of each server that somebody is signed in to. */
  sessions: z.record(z.string(), tokens).default({}),
});

/** What this tool knows between two runs. */
export type Saved = z.infer<typeof saved>;
/** The tokens of one session. */
export type SavedTokens = z.infer<typeof tokens>;

/** The file of it, which only its owner may read: in TESSERA_CONFIG_DIR, or where the system keeps settings. */
function file(): string {
  const { TESSERA_CONFIG_DIR, XDG_CONFIG_HOME, APPDATA } = process.env;
  const base = XDG_CONFIG_HOME || APPDATA || join(homedir(), ".config");
  return join(TESSERA_CONFIG_DIR || join(base, "tessera"), "sessions.json");
}

/** Reads what was saved; nothing if there is no file. */
export function readSaved(): Saved {
  let text: string;
  try {
    text = readFileSync(file(), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { sessions: {} };
    throw error;
  }
  try {
    return saved.parse(JSON.parse(text));
  } catch {
    throw new Failure(`${file()} cannot be read: remove it and sign in again`);
  }
}

/** Saves the newest tokens of a server; undefined removes them. */
export function saveTokens(server: string, newest: SavedTokens | undefined): void {
  const { sessions, ...rest } = readSaved();
  const { [server]: _, ...others } = sessions;
  write({ ...rest, sessions: newest === undefined ? others : { ...others, [server]: newest } });
}

/** Saves which server is meant where none is named. */
export function saveServer(server: string): void {
  write({ ...readSaved(), server });
}

/** Written as a whole: a process that ends in the middle loses no session. */
function write(content: Saved): void {
  const path = file();
  const beside = `${path}.${process.pid}`;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  try {
    writeFileSync(beside, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600 });
    renameSync(beside, path);
  } catch (error) {
    throw new Failure(`${path} cannot be written: ${error instanceof Error ? error.message : error}`);
  } finally {
    rmSync(beside, { force: true });
  }
}
