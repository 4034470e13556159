import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createDatabase } from "@tessera/postgres/create-database.ts";
import { isServing } from "@tessera/rpc/health-check.ts";
import pRetry from "p-retry";
import { type Database, embeddedDatabase, ownDatabase } from "./database.ts";
import { keptServiceAccounts } from "./service-accounts.ts";

/** The five processes, in the order in which each finds the ones that it asks. */
export const PROCESSES = ["auth", "project", "task", "console", "gateway"] as const;
export type ProcessName = (typeof PROCESSES)[number];

/** Those with a database and RPCs. */
const SERVICES = ["auth", "project", "task"] as const;
type ServiceName = (typeof SERVICES)[number];

/** The ports on which everything listens. */
export type Ports = Record<ProcessName | "keys", number>;

/** The whole system on this machine: one PostgreSQL with a database per service, and five processes. */
export interface System {
  /** Of the gateway: "http://127.0.0.1:8080". */
  url: string;
  /** Of each service: "127.0.0.1:50053". */
  addresses: Record<ServiceName, string>;
  databaseUrl(service: string): string;
  pid(name: ProcessName): number;
  /** Ends a process at once, as a crash would. */
  kill(name: ProcessName): Promise<void>;
  /** Starts a process that ended, and waits until it serves. */
  start(name: ProcessName): Promise<void>;
  /** Takes PostgreSQL away at once, and brings it back. */
  restartPostgres(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * A process must serve within this time, or the failure is reported: longer than a service waits for its database.
 */
const START_MAX_MS = 330_000;
const POLL_MS = 50;
/** Something else that has the port may take the question and never answer it. */
const ANSWER_MAX_MS = 2_000;
/**
 * A connection that is made before a process listens can be given the very port that it goes to, and hold it for a moment: our
 * ports are among those that Linux gives to connections. The process is started again that often, after that long.
 */
const PORT_RETRIES = 5;
const PORT_WAIT_MS = 1_000;
/** How much of the log of a process the error shows that says that it did not start. */
const LOG_TAIL_LINES = 5;
const STOP_MAX_MS = 15_000;
const HOST = "127.0.0.1";
/** Pages that are developed on this machine may call the gateway. */
const OWN_PAGES = `http://localhost:*,http://${HOST}:*`;
const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/**
 * Starts everything, with its data and logs in `folder`. `settings` are environment variables for all processes;
 * `postgresUrl` names a PostgreSQL to use instead of the embedded one.
 */
export async function startSystem(
  folder: string,
  ports: Ports,
  settings: Record<string, string> = {},
  postgresUrl?: string,
): Promise<System> {
  mkdirSync(folder, { recursive: true });
  const database = postgresUrl === undefined ? await embeddedDatabase(folder) : ownDatabase(postgresUrl);
  const running = new Map<ProcessName, ChildProcess>();
  const url = `http://${HOST}:${ports.gateway}`;
  const environment = (name: ProcessName) => ({
    ...environmentOf(name, ports, folder, database),
    ...settings,
  });

  const begin = async (name: ProcessName): Promise<void> => {
    const child = launch(`services/${name}/src/main.ts`, environment(name), join(folder, `${name}.log`));
    running.set(name, child);
    await untilReady(name, child, placeOf(name, ports), folder);
  };
  const start = (name: ProcessName): Promise<void> =>
    pRetry(() => begin(name), {
      retries: PORT_RETRIES,
      minTimeout: PORT_WAIT_MS,
      factor: 1,
      shouldRetry: ({ error }) => error.message.includes("EADDRINUSE"),
    });
  const kill = async (name: ProcessName): Promise<void> => {
    const child = running.get(name);
    running.delete(name);
    if (child === undefined || child.exitCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  };
  const stop = async (): Promise<void> => {
    for (const name of PROCESSES.toReversed()) await end(running.get(name));
    await database.stop();
  };

  try {
    const adminUrl = await database.adminUrl();
    for (const name of SERVICES) {
      await createDatabase(adminUrl, database.nameOf(name));
      await migrate(name, environment(name), folder);
    }
    for (const name of PROCESSES) await start(name);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    addresses: {
      auth: `${HOST}:${ports.auth}`,
      project: `${HOST}:${ports.project}`,
      task: `${HOST}:${ports.task}`,
    },
    databaseUrl: (service) => database.url(service),
    pid: (name) => running.get(name)?.pid ?? 0,
    kill,
    start,
    restartPostgres: () => database.restart(),
    stop,
  };
}

/** Where a process says that it is ready. */
function placeOf(name: ProcessName, ports: Ports): string {
  const address = `${HOST}:${ports[name]}`;
  return SERVICES.some((it) => it === name) ? address : `http://${address}/health/ready`;
}

function environmentOf(
  name: ProcessName,
  ports: Ports,
  folder: string,
  database: Database,
): Record<string, string> {
  const of = (service: ProcessName) => `${HOST}:${ports[service]}`;
  return {
    STOP_WITH_PARENT: "true",
    DRAIN_MILLISECONDS: "0",
    // Clients find the endpoints of OAuth by their issuer: it is the URL that they reach the gateway by (RFC 8414, 3.3).
    TOKEN_ISSUER: `http://${of("gateway")}`,
    JWKS_URL: `http://${HOST}:${ports.keys}/.well-known/jwks.json`,
    AUTH_ADDRESS: of("auth"),
    PROJECT_ADDRESS: of("project"),
    TASK_ADDRESS: of("task"),
    GRPC_HOST: HOST,
    GRPC_PORT: String(ports[name]),
    ...(SERVICES.some((it) => it === name)
      ? { DATABASE_URL: database.url(name) }
      : { HTTP_HOST: HOST, HTTP_PORT: String(ports[name]) }),
    ...(name !== "gateway" && { TRUSTED_PROXIES: HOST }),
    ...(name === "auth" && {
      KEYS_PORT: String(ports.keys),
      DEVELOPMENT_SIGN_IN: "true",
      KEY_ENCRYPTION_SECRET: keptSecret(folder, "key-encryption-secret"),
      SERVICE_ACCOUNTS: keptServiceAccounts(folder).registered,
      CONSOLE_URL: `http://${of("gateway")}`,
    }),
    ...(name === "gateway" && {
      AUTH_HTTP_URL: `http://${HOST}:${ports.keys}`,
      CONSOLE_ADDRESS: of("console"),
      CORS_ORIGINS: OWN_PAGES,
    }),
    ...(name === "console" && {
      PUBLIC_URL: `http://${of("gateway")}`,
      COOKIE_SECRET: keptSecret(folder, "cookie-secret"),
      DEVELOPMENT_SIGN_IN: "true",
      // Where auth has a provider, pages offer it too.
      ...(process.env.UPSTREAM_CLIENT_ID && { AUTH_HTTP_URL: `http://${HOST}:${ports.keys}` }),
    }),
    ...ownAccount(name, folder),
  };
}

function ownAccount(name: ProcessName, folder: string): Record<string, string> {
  const SERVICE_ACCOUNT = keptServiceAccounts(folder).own(name);
  return SERVICE_ACCOUNT === undefined ? {} : { SERVICE_ACCOUNT };
}

/** A key that is made once, and kept beside the data: it encrypts signing keys in the database, or cookies. */
function keptSecret(folder: string, name: string): string {
  const file = join(folder, name);
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString("hex"), { mode: 0o600 });
  return readFileSync(file, "utf8");
}

function launch(script: string, environment: Record<string, string>, logFile: string): ChildProcess {
  const log = openSync(logFile, "a");
  // A session of its own, so that Ctrl-C reaches this process alone, which then stops the others in order.
  return spawn(process.execPath, [join(ROOT, script)], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", log, log, "ipc"],
    detached: true,
  });
}

async function migrate(
  name: ProcessName,
  environment: Record<string, string>,
  folder: string,
): Promise<void> {
  const logFile = join(folder, `${name}.log`);
  const child = launch(`services/${name}/src/migrate.ts`, environment, logFile);
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`The database of ${name} could not be migrated; see ${logFile}`);
}

async function untilReady(name: string, child: ChildProcess, where: string, folder: string): Promise<void> {
  const look = async () => {
    const isReady = await (where.startsWith("http") ? answers(where) : isServing(where));
    if (!isReady) throw new Error(`${name} is not ready`);
  };
  await pRetry(look, {
    retries: Number.POSITIVE_INFINITY,
    maxRetryTime: START_MAX_MS,
    minTimeout: POLL_MS,
    factor: 1,
    shouldRetry: () => child.exitCode === null,
  }).catch((cause) => {
    const logFile = join(folder, `${name}.log`);
    throw new Error(`${name} did not start; the end of ${logFile}:\n${endOf(logFile)}`, { cause });
  });
}

function endOf(logFile: string): string {
  return readFileSync(logFile, "utf8").trim().split("\n").slice(-LOG_TAIL_LINES).join("\n");
}

function answers(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(ANSWER_MAX_MS) }).then(
    (response) => response.ok,
    () => false,
  );
}

async function end(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  const late = setTimeout(() => child.kill("SIGKILL"), STOP_MAX_MS);
  await exited;
  clearTimeout(late);
}
