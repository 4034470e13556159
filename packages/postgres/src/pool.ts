import { Checkout } from "./connections/checkout.ts";
import { type Connection, openConnection } from "./connections/connection.ts";
import { createDriver, type Run, type Template, template } from "./connections/driver.ts";
import { answers } from "./connections/probe.ts";
import { type TransactionSql, transact } from "./connections/transact.ts";
import { createWatch } from "./connections/watch.ts";
import { databaseAddress } from "./database-address.ts";
import { DatabaseUnavailable } from "./database-unavailable.ts";

export type { TransactionSql };

/** Tagged-template SQL on a pool. Each statement takes a connection for itself. */
export interface Sql extends Template {
  /**
   * Runs `work` in a transaction: committed when it resolves, rolled back when it rejects. `statementTimeoutMs` replaces
   * the pool's limit for its statements. `work` must use the SQL that it is given.
   */
  begin<T>(work: (sql: TransactionSql) => Promise<T>): Promise<T>;
  begin<T>(options: { statementTimeoutMs: number }, work: (sql: TransactionSql) => Promise<T>): Promise<T>;
  /** Waits for what runs, `timeout` seconds (5) at most, and closes all connections. */
  end(options?: { timeout?: number }): Promise<void>;
}

export interface PoolOptions {
  /** Shown in pg_stat_activity: the service's name. */
  applicationName: string;
  /** Connections at most. */
  max?: number;
  /** Callers that may wait for one; more are refused at once. */
  maxWaiting?: number;
  /** How long one waits. */
  waitMs?: number;
  /** How long a connection may take to open, while callers come and go. */
  connectTimeoutMs?: number;
  /** How long a server may leave a query unanswered before calls fail; it is probed once meanwhile. */
  silenceMs?: number;
  statementTimeoutMs?: number;
  lockTimeoutMs?: number;
  /** The server ends a transaction that waits longer than this for its next statement. */
  idleInTransactionMs?: number;
  /** Settings of the server for the pool's sessions, such as `plan_cache_mode`. */
  settings?: Record<string, string>;
  /**
   * For pgbouncer in transaction mode: no prepared statements, and nothing that belongs to a session. Transactions set
   * the limits and settings for themselves; for other statements the role needs them (`alter role … set`).
   */
  pgbouncer?: boolean;
}

const END_SECONDS = 5;

/**
 * A pool of connections to one database, opened when they are needed. Whatever the database does, a caller hears within a
 * bound: DatabaseUnavailable within 1 s when it is gone or silent, and `statementTimeoutMs` when it is slow.
 */
export function connectPool(url: string, options: PoolOptions): Sql {
  const {
    max = 16,
    maxWaiting = 1_000,
    waitMs = 900,
    silenceMs = 800,
    statementTimeoutMs = 10_000,
  } = options;
  const address = databaseAddress(url);
  const { connectTimeoutMs = address.connectTimeoutMs ?? 10_000 } = options;
  const isPooled = options.pgbouncer === true || address.isPooled;
  const { session, transaction } = settingsOf(options, address.settings, isPooled);
  const driver = createDriver(address, !isPooled, session);
  let typesAreKnown = false;
  let openedInMs = 0;
  const checkout = new Checkout({ max, maxWaiting, waitMs }, async (received, signal) => {
    const since = Date.now();
    const opening = { limitMs: connectTimeoutMs, signal, received, closed };
    const opened = await openConnection(driver, address, !typesAreKnown, opening);
    typesAreKnown = true;
    openedInMs = Date.now() - since;
    return opened;
  });
  const closed = (connection: Connection) => checkout.forget(connection);
  const watch = createWatch(
    { silenceMs, openedInMs: () => openedInMs },
    (limitMs) => answers(address.hosts, limitMs),
    () => checkout.drop(new DatabaseUnavailable("The database does not answer.")),
  );
  const runOn = async <T>(
    connection: Connection,
    build: (sql: Template) => PromiseLike<T>,
    limitMs: number,
  ) => {
    const answered = watch.sent(connection, limitMs);
    try {
      return await connection.run(build);
    } finally {
      answered();
    }
  };
  const run: Run = async (build) => {
    const connection = await checkout.acquire();
    const answered = watch.sent(connection, statementTimeoutMs);
    try {
      return await connection.run(build);
    } finally {
      answered();
      checkout.release(connection);
    }
  };
  const begin = async (first: unknown, second?: unknown) => {
    const own = second ? (first as { statementTimeoutMs: number }).statementTimeoutMs : undefined;
    const work = (second ?? first) as (sql: TransactionSql) => Promise<unknown>;
    const settings = { ...transaction, ...(own !== undefined && { statement_timeout: String(own) }) };
    const connection = await checkout.acquire();
    const runHere: Run = (build) => runOn(connection, build, own ?? statementTimeoutMs);
    return transact(connection, driver, runHere, work, settings).finally(() => checkout.release(connection));
  };
  const end: Sql["end"] = ({ timeout = END_SECONDS } = {}) => checkout.end(timeout * 1_000);
  return Object.assign(template(driver, run), { begin, end }) as Sql;
}

/** What is set for each session, and, where there is none of one's own, for each transaction. */
function settingsOf(options: PoolOptions, given: Record<string, string>, isPooled: boolean) {
  const {
    applicationName,
    statementTimeoutMs = 10_000,
    lockTimeoutMs = 4_000,
    idleInTransactionMs = 10_000,
  } = options;
  const limits = {
    statement_timeout: String(statementTimeoutMs),
    lock_timeout: String(lockTimeoutMs),
    idle_in_transaction_session_timeout: String(idleInTransactionMs),
    ...options.settings,
  };
  const named = { application_name: applicationName, ...given };
  return isPooled
    ? { session: named, transaction: limits }
    : { session: { ...limits, ...named }, transaction: {} };
}
