import type { Sql } from "./pool.ts";

/** The same SQL. `ended` is called after each transaction, however it ended. */
export function afterTransactions(sql: Sql, ended: () => void): Sql {
  const begin = (...args: Parameters<Sql["begin"]>) => sql.begin(...args).finally(ended);
  return new Proxy(sql, {
    get: (target, name) => (name === "begin" ? begin : Reflect.get(target, name)),
  });
}
