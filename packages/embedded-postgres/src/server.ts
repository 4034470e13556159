import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import pRetry from "p-retry";
import postgres from "postgres";
import { type ServerCertificate, tlsSettings } from "./certificate.ts";
import { EMBEDDED_ROLE, embeddedCluster } from "./cluster.ts";
import { freePort } from "./free-port.ts";
import { type EmbeddedHome, embeddedHome } from "./home.ts";
import { LAUNCHER_LOCK, stopOrphan, stopServer } from "./orphan.ts";

/** A real PostgreSQL that belongs to this process. */
export interface Embedded {
  /** The address of a database, with the password in it: not for logs. */
  url(database: string): string;
  pid: number;
  /** Where its data and its log are. */
  folder: string;
  /** Resolves when the server has ended, by `stop` or by itself. */
  exited: Promise<void>;
  /** Stops it within about 15 s; a second call waits for the first. */
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** Kept from start to start. See `Embedded.folder` for where it went in the end. */
  folder: string;
  /** A free one unless given. */
  port?: number;
  /** False trades every promise of durability for speed; our services refuse such a server. */
  durable?: boolean;
  /** The server speaks TLS with this certificate and key, in PEM. */
  tls?: ServerCertificate;
}

const READY_LIMIT_MS = 180_000;
const READY_PAUSE_MS = 15;
/** What a server that is starting says, or nobody in its place. */
const NOT_YET = new Set(["ECONNREFUSED", "ECONNRESET", "CONNECTION_CLOSED", "CONNECT_TIMEOUT", "57P03"]);
const START_TRIES = 5;
const RETRY_PAUSE_MS = 200;
const LOG_TAIL_LINES = 5;
const MAX_CONNECTIONS = 200;
const NOT_DURABLE = { fsync: "off", full_page_writes: "off", synchronous_commit: "off" };

/**
 * Starts PostgreSQL on 127.0.0.1 and answers when it answers queries. The data is made at the first start. A server that
 * an earlier launcher left behind is stopped first; one whose launcher lives makes this throw. The server ends with this
 * process, however that ends, but not by the Ctrl-C that its terminal sends. Throws Errors with sentences for people.
 */
export async function startEmbedded({
  folder,
  port,
  durable = true,
  tls,
}: EmbeddedOptions): Promise<Embedded> {
  const home = await embeddedHome(folder);
  const password = await embeddedCluster(home);
  const urlAt = (at: number, database = "postgres") =>
    `postgres://${EMBEDDED_ROLE}:${password}@127.0.0.1:${at}/${database}`;
  await stopOrphan(home, urlAt);
  const settings = { ...(durable ? {} : NOT_DURABLE), ...(tls && (await tlsSettings(home, tls))) };
  const start = async (): Promise<Embedded> => {
    const at = port ?? (await freePort());
    const server = await launch(home, at, settings);
    try {
      const claim = await claimWhenReady(server, urlAt(at));
      return own(home, server, claim, (database) => urlAt(at, database));
    } catch (cause) {
      throw new NotStarted(home, await endOfLog(home), cause);
    }
  };
  return pRetry(start, {
    retries: START_TRIES - 1,
    minTimeout: RETRY_PAUSE_MS,
    factor: 1,
    shouldRetry: ({ error }) => error instanceof NotStarted && error.isPassing(port === undefined),
  });
}

class NotStarted extends Error {
  readonly #reason: string;

  constructor({ folder }: EmbeddedHome, reason: string, cause: unknown) {
    super(`The embedded PostgreSQL in ${folder} did not start: ${reason}`, { cause });
    this.#reason = reason;
  }

  /** Backends of a killed server take a moment to notice; a port that was free can be taken before the server has it. */
  isPassing(isAnyPort: boolean): boolean {
    const passing = /shared memory block|shared memory segment|lock file/.test(this.#reason);
    return passing || (isAnyPort && this.#reason.includes("could not bind"));
  }
}

interface Server {
  child: ChildProcess;
  exited: Promise<void>;
}

async function launch(home: EmbeddedHome, port: number, more: Record<string, string>): Promise<Server> {
  const path = join(home.folder, "server.log");
  await rename(path, `${path}.1`).catch(() => undefined);
  const log = await open(path, "w", 0o600);
  const settings = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: MAX_CONNECTIONS,
    timezone: "UTC",
    // Errors belong to who asked. Here they would fill the disk, and their details quote the rows.
    log_min_messages: "log",
    log_min_error_statement: "panic",
    log_error_verbosity: "terse",
    log_checkpoints: "off",
    ...more,
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  // A session of its own: the terminal's Ctrl-C reaches the services, which still need the database to finish.
  const child = spawn(home.program("postgres"), ["-D", home.data, "-p", String(port), ...options], {
    ...home.spawning,
    detached: true,
    stdio: ["ignore", log.fd, log.fd],
  });
  const exited = once(child, "exit").then(
    () => undefined,
    () => undefined,
  );
  await log.close();
  return { child, exited };
}

/**
 * Waits until the server answers, and claims it: the connection that comes back holds the lock that says that a launcher
 * lives.
 */
async function claimWhenReady({ child, exited }: Server, url: string): Promise<postgres.Sql> {
  const isOver = exited.then(() => false);
  try {
    return await pRetry(() => claim(url, isOver), {
      retries: Number.POSITIVE_INFINITY,
      maxRetryTime: READY_LIMIT_MS,
      minTimeout: READY_PAUSE_MS,
      factor: 1,
      shouldRetry: ({ error }) => isRunning(child) && NOT_YET.has((error as { code?: string }).code ?? ""),
    });
  } catch (error) {
    child.kill("SIGKILL");
    throw new Error(`not ready within ${READY_LIMIT_MS} ms, or ended by itself`, { cause: error });
  }
}

/** Connects once. `isOver` resolves to false when the server has ended. */
async function claim(url: string, isOver: Promise<boolean>): Promise<postgres.Sql> {
  const sql = postgres(url, {
    max: 1,
    connect_timeout: 30,
    max_lifetime: null,
    fetch_types: false,
    onnotice: () => {},
  });
  try {
    // Another program on its port might take the connection and say nothing.
    const locked = sql`select pg_try_advisory_lock(${LAUNCHER_LOCK})`;
    if (await Promise.race([locked, isOver])) return sql;
    throw Object.assign(new Error("the server has ended"), { code: "ECONNRESET" });
  } catch (error) {
    await sql.end({ timeout: 0 });
    throw error;
  }
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

function own(
  home: EmbeddedHome,
  server: Server,
  claim: postgres.Sql,
  url: (database: string) => string,
): Embedded {
  const pid = server.child.pid ?? 0;
  const letGo = keeper(home, server, pid);
  let stopping: Promise<void> | undefined;
  const stop = async () => {
    await claim.end({ timeout: 0 });
    if (isRunning(server.child)) await stopServer(home, pid);
    await server.exited;
    letGo();
  };
  return {
    url,
    pid,
    folder: home.folder,
    exited: server.exited,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

/**
 * A shell that stops the server when this process is gone: its standard input then ends. That is the only notice that a
 * SIGKILL leaves. Where there is no shell, the next start stops the server.
 */
function keeper(home: EmbeddedHome, server: Server, pid: number): () => void {
  if (process.platform === "win32") return () => {};
  const script = 'read -r _ || kill -INT "$1"';
  const shell = spawn("/bin/sh", ["-c", script, "tessera-keeper", String(pid)], {
    ...home.spawning,
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  shell.on("error", () => {});
  shell.stdin.on("error", () => {});
  shell.unref();
  const letGo = () => shell.stdin.end("done\n");
  void server.exited.then(letGo);
  return letGo;
}

async function endOfLog(home: EmbeddedHome): Promise<string> {
  const log = await readFile(join(home.folder, "server.log"), "utf8").catch(() => "");
  return log.trim().split("\n").slice(-LOG_TAIL_LINES).join(" ");
}
