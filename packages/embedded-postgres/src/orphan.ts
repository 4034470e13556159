import { execFile } from "node:child_process";
import { readFile, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import pRetry from "p-retry";
import postgres from "postgres";
import type { EmbeddedHome } from "./home.ts";

/** The advisory lock, in database "postgres", that a launcher holds for as long as it lives. */
export const LAUNCHER_LOCK = 7_365_552;

const STOP_LIMIT_SECONDS = 10;
const KILL_LIMIT_MS = 5_000;
/** How long a server that recovers from a crash, or is just ending, may take to say whose it is. */
const ANSWER_LIMIT_MS = 30_000;
const PAUSE_MS = 50;

/**
 * Stops the server that a launcher left behind in this data folder, if there is one. Throws when the launcher of a
 * running server is alive. `urlAt` gives the address of database "postgres" on a port.
 */
export async function stopOrphan(home: EmbeddedHome, urlAt: (port: number) => string): Promise<void> {
  const running = await readPidFile(home.data);
  if (!running) return;
  const found = await whoServes(home, urlAt(running.port));
  if (found === "owned") {
    throw new Error(
      `The database in ${home.data} is in use by another start that still runs: stop that one first.`,
    );
  }
  if (found === "orphan" || found === "silent") return stopServer(home, running.pid);
  // PostgreSQL refuses to start while the process of that id lives, whatever it is; one that is no server is no obstacle.
  if (found === "other" || (await commandOf(running.pid)) !== "postgres") {
    await rm(join(home.data, "postmaster.pid"), { force: true });
  }
}

/** Stops a server: its clients are cut off, what is committed is kept. Killed when it does not end within 10 s. */
export async function stopServer(home: EmbeddedHome, pid: number): Promise<void> {
  const stop = ["stop", "--pgdata", home.data, "--mode=fast", "--silent", `--timeout=${STOP_LIMIT_SECONDS}`];
  try {
    await promisify(execFile)(home.program("pg_ctl"), stop, {
      ...home.spawning,
      timeout: (STOP_LIMIT_SECONDS + 5) * 1_000,
    });
  } catch {
    // It did not end in time, or was gone already: either way nothing of it may be left.
    await kill(pid);
  }
}

async function kill(pid: number): Promise<void> {
  const lives = new Error(`PostgreSQL (process ${pid}) did not end when it was killed.`);
  const again = async () => {
    if ((await commandOf(pid)) !== "postgres") return;
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      return;
    }
    throw lives;
  };
  await pRetry(again, within(KILL_LIMIT_MS));
}

/** Tries again after short pauses, until the limit. */
function within(limitMs: number) {
  return { retries: Number.POSITIVE_INFINITY, maxRetryTime: limitMs, minTimeout: PAUSE_MS, factor: 1 };
}

type Found = "owned" | "orphan" | "silent" | "other" | "nobody";

/** Asks the server whose it is, until it answers. */
function whoServes(home: EmbeddedHome, url: string): Promise<Found> {
  return pRetry(() => askOnce(home, url), within(ANSWER_LIMIT_MS)).catch(() => "silent");
}

/** Throws what a server says that does not answer yet. */
async function askOnce(home: EmbeddedHome, url: string): Promise<Found> {
  const sql = postgres(url, { max: 1, connect_timeout: 5, fetch_types: false, onnotice: () => {} });
  try {
    const [row] = await sql`
      select current_setting('data_directory') as folder, pg_try_advisory_lock(${LAUNCHER_LOCK}) as free`;
    if (row?.folder !== (await realpath(home.data))) return "other";
    return row?.free ? "orphan" : "owned";
  } catch (error) {
    const code = (error as { code?: string }).code ?? "";
    if (code === "ECONNREFUSED") return "nobody";
    if (code.startsWith("28")) return "other";
    throw error;
  } finally {
    await sql.end({ timeout: 0 });
  }
}

async function readPidFile(data: string): Promise<{ pid: number; port: number } | undefined> {
  const text = await readFile(join(data, "postmaster.pid"), "utf8").catch(() => "");
  const lines = text.split("\n");
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  return pid > 0 && port > 0 ? { pid, port } : undefined;
}

/** "postgres" for a live server; on Linux what else goes by that id, and "" for what is gone or a zombie. */
async function commandOf(pid: number): Promise<string> {
  try {
    process.kill(pid, 0);
  } catch {
    return "";
  }
  if (process.platform !== "linux") return "postgres";
  const status = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const [, command = "", state = "Z"] = /\((.*)\) (\w)/.exec(status) ?? [];
  return state === "Z" ? "" : command;
}
