import postgres from "postgres";
import { Checkout } from "./checkout.ts";
import { type Connection, openConnection } from "./connection.ts";
import { DatabaseUnavailable } from "./database-unavailable.ts";
import { type Address, builtBy, type Statement } from "./driver.ts";
import { answers } from "./probe.ts";
import { type TransactionSql, transact } from "./transact.ts";
import { createWatch } from "./watch.ts";

export type { TransactionSql };

/** Tagged-template SQL on a pool. Each statement takes a connection for itself. */
export interface Sql extends postgres.ISql<{ bigint: bigint }> {
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
  connectTimeoutMs?: number;
  statementTimeoutMs?: number;
  lockTimeoutMs?: number;
  /** The server ends a transaction that waits longer than this for its next statement. */
  idleInTransactionMs?: number;
  /** Settings of the server for the pool's sessions, such as `plan_cache_mode`. Not for pgbouncer. */
  settings?: Record<string, string>;
  /**
   * For pgbouncer in transaction mode: no prepared statements, and no limits asked for on connecting, which pgbouncer
   * refuses; set statement_timeout, lock_timeout and idle_in_transaction_session_timeout on the role instead.
   */
  pgbouncer?: boolean;
}

const PROBE_MS = 300;
const END_SECONDS = 5;
const KEEPALIVE_SECONDS = 10;

/**
 * A pool of connections to one database, opened when they are needed. Whatever the database does, a caller hears within a
 * bound: DatabaseUnavailable within 1 s when it is gone or silent, and `statementTimeoutMs` when it is slow.
 */
export function connectPool(url: string, options: PoolOptions): Sql {
  const {
    max = 16,
    maxWaiting = 1_000,
    waitMs = 900,
    connectTimeoutMs = 600,
    statementTimeoutMs = 10_000,
  } = options;
  const driver = postgres(url, driverOptions(options, statementTimeoutMs));
  let typesAreKnown = false;
  const checkout = new Checkout({ max, maxWaiting, waitMs }, async () => {
    const opened = await openConnection(driver, !typesAreKnown, connectTimeoutMs, (closed) =>
      checkout.forget(closed),
    );
    typesAreKnown = true;
    return opened;
  });
  const watch = createWatch(
    () => answers(driver.options as unknown as Address, PROBE_MS),
    () => checkout.drop(new DatabaseUnavailable("The database does not answer.")),
  );
  const sendOn = (connection: Connection, statement: Statement, limitMs: number, settled = () => {}) => {
    const answered = watch.sent(connection, limitMs);
    connection.send(statement, () => {
      answered();
      settled();
    });
  };
  const sendOnAny = (statement: Statement) =>
    void checkout.acquire().then((connection) => {
      const release = () => checkout.release(connection);
      if (statement.cancelled) release();
      else sendOn(connection, statement, statementTimeoutMs, release);
    }, statement.reject);
  const begin = async (first: unknown, second?: unknown) => {
    const limitMs = second ? (first as { statementTimeoutMs: number }).statementTimeoutMs : undefined;
    const work = (second ?? first) as (sql: TransactionSql) => Promise<unknown>;
    const connection = await checkout.acquire();
    const send = (statement: Statement) => sendOn(connection, statement, limitMs ?? statementTimeoutMs);
    return transact(connection, send, work, limitMs).finally(() => checkout.release(connection));
  };
  const end: Sql["end"] = ({ timeout = END_SECONDS } = {}) => checkout.end(timeout * 1_000);
  return Object.assign(builtBy(driver, sendOnAny), { begin, end }) as unknown as Sql;
}

function driverOptions(options: PoolOptions, statementTimeoutMs: number) {
  const {
    applicationName,
    lockTimeoutMs = 4_000,
    idleInTransactionMs = 10_000,
    pgbouncer = false,
    settings = {},
  } = options;
  const limits = {
    statement_timeout: statementTimeoutMs,
    lock_timeout: lockTimeoutMs,
    idle_in_transaction_session_timeout: idleInTransactionMs,
  };
  return {
    types: { bigint: postgres.BigInt },
    prepare: !pgbouncer,
    connection: { application_name: applicationName, ...(pgbouncer ? {} : { ...limits, ...settings }) },
    onnotice: () => {},
    // Connecting is bounded by the pool, and connections are retired by it.
    connect_timeout: 0,
    max_lifetime: null,
    max: 1,
    keep_alive: KEEPALIVE_SECONDS,
    no_subscribe: true,
  };
}
