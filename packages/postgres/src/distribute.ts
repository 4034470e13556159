import { readFile } from "node:fs/promises";
import type { Sql } from "./pool.ts";

/** The longest duration of a statement: it moves a table. */
const STATEMENT_LIMIT_MS = 3_600_000;

/**
 * Distributes tables over the servers of a Citus cluster by the statements of `file`, each in a transaction of its own and
 * all safe to run again. A table is divided into `shards` parts; as the cluster is set where that is absent.
 */
export async function distribute(sql: Sql, file: URL, shards?: number): Promise<void> {
  const [found] = await sql`select from pg_extension where extname = 'citus'`;
  if (found === undefined) throw new Error("The database has no extension citus: it cannot be distributed.");
  for (const statement of statementsOf(await readFile(file, "utf8"))) {
    await sql.begin({ statementTimeoutMs: STATEMENT_LIMIT_MS }, async (tx) => {
      if (shards !== undefined) await tx`select set_config('citus.shard_count', ${String(shards)}, true)`;
      await tx.unsafe(statement);
    });
  }
}

/** The statements of a file, each of which ends a line with a semicolon. */
function statementsOf(text: string): string[] {
  return text
    .replaceAll(/^--.*$/gm, "")
    .split(/;\s*$/m)
    .filter((statement) => statement.trim() !== "");
}
