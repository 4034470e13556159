import type { HandlerContext } from "@connectrpc/connect";
import { throwIfAborted } from "@tessera/rpc/server-call.ts";
import type { Sql, TransactionSql } from "./pool.ts";

/** The context of a call: its caller, and whether the caller still waits for the answer. */
export type CallContext = Pick<HandlerContext, "values" | "signal">;

/**
 * Runs `work` in a transaction, for a call. Nothing is written once its caller has gone, or its deadline has passed: `work`
 * may have waited for rows that others held until then, so it is rolled back, and what ended the call is thrown.
 */
export function beginFor<T>(
  sql: Sql,
  context: CallContext,
  work: (sql: TransactionSql) => Promise<T>,
): Promise<T> {
  return sql.begin(async (tx) => {
    throwIfAborted(context);
    const result = await work(tx);
    throwIfAborted(context);
    return result;
  });
}
