import { connect, type Socket } from "node:net";
import postgres from "postgres";
import { DatabaseUnavailable } from "./database-unavailable.ts";
import type { Address, Driver, Statement } from "./driver.ts";

/** One connection, which serves one caller at a time and is never opened again once it is closed. */
export interface Connection {
  readonly openedAt: number;
  readonly isClosed: () => boolean;
  /** Sends a statement. `settled` is called once, before whoever waits for the result hears of it. */
  send(statement: Statement, settled: () => void): void;
  /** Builds statements that `send` takes. */
  sql: Driver;
  /** Cuts it off: what is under way fails as CONNECTION_CLOSED. */
  cut(): void;
  /** Says goodbye to the server. */
  end(): Promise<void>;
}

/**
 * Opens a connection as `driver` would and proves it with a query. Throws DatabaseUnavailable when that takes longer than
 * `limitMs`, else what the driver or the server says. `closed` is called once, if it had been open.
 *
 * The driver's own pool is not used: it queues without bound, sends to sockets that are gone (which throws where nobody
 * can catch), and can wedge a connection that broke between a write and its flush. One driver per connection, thrown
 * away when it breaks, meets none of that.
 */
export async function openConnection(
  driver: Driver,
  fetchTypes: boolean,
  limitMs: number,
  closed: (connection: Connection) => void,
): Promise<Connection> {
  let socket: Socket | undefined;
  let isClosed = false;
  let isOpen = false;
  const options = {
    ...driver.options,
    max: 1,
    fetch_types: fetchTypes,
    socket: (address: Address) => {
      if (socket) throw new DatabaseUnavailable("The database closed a connection that was being opened.");
      socket = openSocket(address);
      return socket;
    },
    onclose: () => {
      isClosed = true;
      if (isOpen) closed(connection);
    },
  };
  const sql = postgres(
    options as unknown as postgres.Options<{ bigint: postgres.PostgresType<bigint> }>,
  ) as unknown as Driver;
  const { handler } = sql`` as unknown as Statement;
  const connection: Connection = {
    openedAt: Date.now(),
    isClosed: () => isClosed,
    send: (statement, settled) => {
      // Given to the driver, it would be sent on a new connection, outside of the transaction that it belongs to.
      if (isClosed) reject(statement, settled);
      else handler(watched(statement, settled, () => connection.cut()));
    },
    sql,
    cut: () => {
      isClosed = true;
      socket?.destroy();
    },
    end: () => sql.end({ timeout: 1 }),
  };
  await proveWithin(limitMs, connection);
  isOpen = true;
  return connection;
}

async function proveWithin(limitMs: number, { sql, cut }: Connection): Promise<void> {
  let isLate = false;
  let isProven = false;
  const giveUp = () => {
    if (isProven) return;
    isLate = true;
    cut();
  };
  // One turn later: a process that was paused has not read yet what came in meanwhile.
  const timer = setTimeout(() => setImmediate(giveUp), limitMs);
  try {
    await sql`select 1`;
    isProven = true;
  } catch (cause) {
    cut();
    if (isLate)
      throw new DatabaseUnavailable(`The database took no connection within ${limitMs} ms.`, { cause });
    throw cause;
  } finally {
    clearTimeout(timer);
  }
}

/** Hosts are tried in turn, one for each connection, where the address names several. */
let turn = 0;

function openSocket(address: Address): Socket {
  if (address.path) return connect(address.path);
  const index = turn++ % address.host.length;
  const host = address.host[index] as string;
  const port = address.port[index] as number;
  // The driver reads host and port of its socket, for TLS and for its messages.
  return Object.assign(connect({ host, port, noDelay: true }), { host, port });
}

function reject(statement: Statement, settled: () => void): void {
  settled();
  statement.reject(new DatabaseUnavailable("The connection to the database was lost."));
}

/**
 * A statement that failed by anything but an answer of the server leaves a connection of unknown state, which is cut
 * before somebody else gets it.
 */
function watched(statement: Statement, settled: () => void, cut: () => void): Statement {
  const { resolve, reject } = statement;
  statement.resolve = (result) => {
    settled();
    resolve(result);
  };
  statement.reject = (error) => {
    if (!(error instanceof postgres.PostgresError) || error.severity !== "ERROR") cut();
    settled();
    reject(error);
  };
  return statement;
}
