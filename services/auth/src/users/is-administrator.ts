import { SystemRole } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import type { Caller } from "@tessera/rpc/caller.ts";

/** Administration also needs a token with its scope. */
const SCOPE = "administration";

/** Whether the caller is an administrator now, by a token that may be used as one. */
export async function isAdministrator(
  sql: Sql | TransactionSql,
  { userId, scopes }: Pick<Caller, "userId" | "scopes">,
): Promise<boolean> {
  if (!scopes.has(SCOPE)) return false;
  const rows = await sql`
    select from users where user_id = ${userId} and system_role = ${SystemRole.ADMINISTRATOR} and not deleted`;
  return rows.length === 1;
}
