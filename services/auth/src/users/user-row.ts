import { SystemRole } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import type { StoredUser } from "./user.ts";

/** The columns of a StoredUser. */
export function userColumns(sql: Sql | TransactionSql) {
  return sql`
    user_id as "userId", kind, name, system_role as "systemRole", mapping_level as "mappingLevel", languages,
    description, blocked, block_time as "blockTime", block_actor as "blockActor", block_reason as "blockReason",
    deleted, token_version as "tokenVersion", revision`;
}

/**
 * Reads users, the deleted too, and keeps them as they are until the transaction ends; `administrators` adds all who
 * administer the system. In the order of their numbers, so that nobody waits in a ring.
 */
export function lockUsers(
  sql: TransactionSql,
  userIds: bigint[],
  { administrators }: { administrators: boolean },
): Promise<StoredUser[]> {
  const others = administrators ? sql`or (system_role = ${SystemRole.ADMINISTRATOR} and not deleted)` : sql``;
  return sql<StoredUser[]>`
    select ${userColumns(sql)} from users where user_id = any(${userIds}::bigint[]) ${others}
    order by user_id for update`;
}
