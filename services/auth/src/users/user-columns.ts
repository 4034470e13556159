import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";

/** The columns of a StoredUser. */
export function userColumns(sql: Sql | TransactionSql) {
  return sql`
    user_id as "userId", kind, name, system_role as "systemRole", mapping_level as "mappingLevel", languages,
    description, blocked, block_time as "blockTime", block_actor as "blockActor", block_reason as "blockReason",
    deleted, token_version as "tokenVersion", revision`;
}
