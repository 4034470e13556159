import type { Socket } from "node:net";
import postgres from "postgres";
import type { DatabaseAddress, Host } from "../database-address.ts";
import { DatabaseUnavailable } from "../database-unavailable.ts";
import { openDatabaseSocket } from "./database-socket.ts";
import { type Driver, driverOver, type Run, type Template } from "./driver.ts";
import { DriverSocket } from "./driver-socket.ts";

/** One connection, which serves one caller at a time and is never opened again once it is closed. */
export interface Connection {
  readonly openedAt: number;
  readonly isClosed: () => boolean;
  /** Runs a statement. Fails as DatabaseUnavailable when the connection ends before the answer. */
  run: Run;
  /** Cuts it off: what is under way fails. */
  cut(): void;
  /** Says goodbye to the server. */
  end(): void;
}

/** How a connection is opened. */
export interface Opening {
  limitMs: number;
  /** Ends the attempt. */
  signal: AbortSignal;
  /** The server has shown that it lives. */
  received: () => void;
  /** The connection was closed, which it never is before it was open. */
  closed: (connection: Connection) => void;
}

/** "I am done", to the server. */
const GOODBYE = Buffer.from([0x58, 0, 0, 0, 4]);
const GOODBYE_MS = 1_000;
/** After these a session is of no more use, though it stays open: it takes no writes, or lost its prepared statements. */
const USELESS = new Set(["25006", "26000", "42P05"]);

/**
 * Opens a connection to the first of the hosts that takes one. Throws DatabaseUnavailable, with what was the matter, when
 * none does within the limit.
 *
 * The driver's own pool is not used: it queues without bound, sends to sockets that are gone (which throws where
 * nobody can catch), keeps half of a broken connection's bytes for the next one, and gives a reservation that broke
 * to others. One driver for each connection, which never sees its end, avoids all of that. ARCHITECTURE.md has the figures.
 */
export async function openConnection(
  driver: Driver,
  address: DatabaseAddress,
  fetchTypes: boolean,
  opening: Opening,
): Promise<Connection> {
  let failure: DatabaseUnavailable | undefined;
  for (const host of byRefusal(address.hosts)) {
    const limitMs = opening.limitMs / address.hosts.length;
    try {
      return await openWithin(driver, { ...address, hosts: [host] }, fetchTypes, { ...opening, limitMs });
    } catch (cause) {
      failure = unavailable(host, cause);
      if (opening.signal.aborted) break;
      refusedAt.set(host, Date.now());
    }
  }
  throw failure ?? new DatabaseUnavailable("The database has no host.");
}

/** When a host refused a connection: the pool tries it after the others. */
const refusedAt = new WeakMap<Host, number>();

function byRefusal(hosts: readonly Host[]): Host[] {
  return hosts.toSorted((a, b) => (refusedAt.get(a) ?? 0) - (refusedAt.get(b) ?? 0));
}

async function openWithin(
  driver: Driver,
  address: DatabaseAddress,
  fetchTypes: boolean,
  opening: Opening,
): Promise<Connection> {
  const attempt = new AbortController();
  const giveUp = () => attempt.abort(opening.signal.reason);
  const tooLate = () => attempt.abort(new Error(`it did not within ${opening.limitMs} ms`));
  // One turn later: a process that was paused has not read yet what came in meanwhile.
  const timer = setTimeout(() => setImmediate(tooLate), opening.limitMs);
  opening.signal.addEventListener("abort", giveUp);
  try {
    return await open(driver, address, fetchTypes, { ...opening, signal: attempt.signal });
  } catch (error) {
    throw attempt.signal.aborted ? attempt.signal.reason : error;
  } finally {
    clearTimeout(timer);
    opening.signal.removeEventListener("abort", giveUp);
  }
}

async function open(
  driver: Driver,
  { hosts, tls, needsWrites }: DatabaseAddress,
  fetchTypes: boolean,
  { signal, received, closed }: Opening,
): Promise<Connection> {
  const socket = await openDatabaseSocket(hosts[0] as Host, tls, signal, received);
  const life = lifeOf(socket);
  const cutOff = () => socket.destroy();
  signal.addEventListener("abort", cutOff);
  socket.on("data", received);
  try {
    const own = driverOver(new DriverSocket(socket), driver, fetchTypes);
    const reserved = await life.whileOpen(async () => {
      // A reservation alone is never given where the driver has no types to fetch.
      await own.unsafe("select 1");
      return own.reserve();
    });
    if (needsWrites && takesNoWrites(own.parameters)) throw new Error("it accepts no writes");
    const connection = connectionOver(socket, life, reserved);
    socket.once("close", () => closed(connection));
    return connection;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    socket.off("data", received);
    signal.removeEventListener("abort", cutOff);
  }
}

function connectionOver(socket: Socket, life: Life, sql: Template): Connection {
  const cut = () => {
    life.end();
    socket.destroy();
  };
  return {
    openedAt: Date.now(),
    isClosed: life.isOver,
    run: (build) =>
      life.whileOpen(
        () => build(sql),
        (error) => leavesUnknown(error) && cut(),
      ),
    cut,
    end: () => {
      life.end();
      socket.end(GOODBYE);
      setTimeout(() => socket.destroy(), GOODBYE_MS).unref();
    },
  };
}

/** How long a connection lives, whatever its driver believes. */
interface Life {
  isOver: () => boolean;
  end(): void;
  /**
   * What `work` comes to, or DatabaseUnavailable when the connection ends before. A failure is reported to `failed`
   * first.
   */
  whileOpen<T>(work: () => PromiseLike<T>, failed?: (error: unknown) => void): Promise<T>;
}

function lifeOf(socket: Socket): Life {
  const waiting = new Set<(error: unknown) => void>();
  let isOver = false;
  let cause: unknown;
  const lost = () => new DatabaseUnavailable("The connection to the database was lost.", { cause });
  const end = () => {
    isOver = true;
    for (const fail of waiting) fail(lost());
    waiting.clear();
  };
  socket.on("error", (error) => {
    cause = error;
  });
  socket.on("close", end);
  return {
    isOver: () => isOver,
    end,
    whileOpen: (work, failed) =>
      new Promise((resolve, reject) => {
        if (isOver) return reject(lost());
        waiting.add(reject);
        work().then(
          (result) => {
            waiting.delete(reject);
            resolve(result);
          },
          (error: unknown) => {
            waiting.delete(reject);
            failed?.(error);
            reject(error);
          },
        );
      }),
  };
}

/** Whether a statement that failed so leaves a connection of unknown state, or of no more use. */
function leavesUnknown(error: unknown): boolean {
  if (!(error instanceof postgres.PostgresError)) return true;
  return error.severity !== "ERROR" || USELESS.has(error.code);
}

function takesNoWrites({ in_hot_standby, default_transaction_read_only }: Driver["parameters"]): boolean {
  return [in_hot_standby, default_transaction_read_only].map(String).includes("on");
}

/** What a pooler says that gives each transaction another session. */
const OF_A_POOLER = /unsupported startup parameter/;

function unavailable(host: Host, cause: unknown): DatabaseUnavailable {
  const where = "path" in host ? host.path : `${host.host}:${host.port}`;
  const why = cause instanceof Error ? cause.message : String(cause);
  const hint = OF_A_POOLER.test(why) ? " (for pgbouncer, set DATABASE_PREPARED_STATEMENTS=false)" : "";
  return new DatabaseUnavailable(`The database at ${where} took no connection: ${why}${hint}`, { cause });
}
