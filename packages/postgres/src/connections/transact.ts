import type { Connection } from "./connection.ts";
import { type Driver, type Run, type Template, template } from "./driver.ts";

/** Tagged-template SQL on one connection. */
export type TransactionSql = Template;

/**
 * Runs `work` between `begin` and `commit` on a connection that nobody else uses, and returns its result. Throws what
 * `work` or the commit threw, after a rollback. When the connection broke at the commit, the outcome is unknown.
 */
export async function transact<T>(
  connection: Connection,
  driver: Driver,
  run: Run,
  work: (sql: TransactionSql) => Promise<T>,
  settings: Record<string, string>,
): Promise<T> {
  let isOver = false;
  const sql: TransactionSql = template(driver, async (build) => {
    if (isOver) throw new Error("This SQL was used after its transaction had ended.");
    return run(build);
  });
  try {
    await sql.unsafe("begin");
    const names = Object.keys(settings);
    if (names.length > 0)
      await sql`
        select set_config(name, value, true)
        from unnest(${names}::text[], ${Object.values(settings)}::text[]) as it (name, value)`;
    const result = await work(sql);
    // The server answers a commit after a failed statement by rolling back, and calls that a success.
    const { command } = await sql.unsafe("commit");
    if (command !== "COMMIT")
      throw new Error("Nothing was committed: a statement failed and its error was caught.");
    return result;
  } catch (error) {
    if (!connection.isClosed()) await sql.unsafe("rollback").catch(() => connection.cut());
    throw error;
  } finally {
    isOver = true;
  }
}
