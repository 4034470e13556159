import { SystemRole } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import type { Caller } from "@tessera/rpc/caller.ts";

/** Administration also needs a token with its scope. */
const SCOPE = "administration";

/** Whether the caller is an administrator, by a token that may be used as one: an expression for a query. */
export function administers(
  sql: Sql | TransactionSql,
  { userId, scopes }: Pick<Caller, "userId" | "scopes">,
) {
  return sql`(${scopes.has(SCOPE)}::boolean and exists (
    select from users a where a.user_id = ${userId} and a.system_role = ${SystemRole.ADMINISTRATOR} and not a.deleted))`;
}
