import type postgres from "postgres";
import type { Connection } from "./connection.ts";
import { builtBy, type Statement } from "./driver.ts";

/** Tagged-template SQL on one connection; int8 is a bigint both ways, timestamptz a Date, numeric a string. */
export type TransactionSql = postgres.ISql<{ bigint: bigint }>;

/**
 * Runs `work` between `begin` and `commit` on a connection that nobody else uses, and answers what it answers. Throws
 * what `work` or the commit threw, after a rollback. When the connection broke at the commit, the outcome is unknown.
 */
export async function transact<T>(
  connection: Connection,
  send: (statement: Statement) => void,
  work: (sql: TransactionSql) => Promise<T>,
  statementTimeoutMs?: number,
): Promise<T> {
  let isOver = false;
  const sql: TransactionSql = builtBy(connection.sql, (statement) => {
    if (isOver) statement.reject(new Error("This SQL was used after its transaction had ended."));
    else send(statement);
  });
  try {
    await sql.unsafe("begin");
    if (statementTimeoutMs)
      await sql`select set_config('statement_timeout', ${String(statementTimeoutMs)}, true)`;
    const result = await work(sql);
    // The server answers a commit after a failed statement by rolling back, and calls that a success.
    const { command } = await sql.unsafe("commit");
    if (command !== "COMMIT")
      throw new Error("Nothing was committed: a statement had failed, and its error was caught.");
    return result;
  } catch (error) {
    if (!connection.isClosed()) await sql.unsafe("rollback").catch(() => connection.cut());
    throw error;
  } finally {
    isOver = true;
  }
}
