import { SystemRole, type User, UserKind } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import type { Candidate } from "./candidate.ts";
import { type StoredUser, shown } from "./user.ts";
import { userColumns } from "./user-columns.ts";
import { listUsers } from "./user-list.ts";

/** What is stored of people. */
export function userStore(sql: Sql) {
  const read = async (userId: bigint): Promise<StoredUser | undefined> => {
    const [row] = await sql<StoredUser[]>`select ${userColumns(sql)} from users where user_id = ${userId}`;
    return row;
  };
  return {
    /** The whole user, as that person sees it. Undefined for a user who is not there, or was deleted. */
    async find(userId: bigint): Promise<User | undefined> {
      const user = await read(userId);
      return user === undefined || user.deleted ? undefined : shown(user, user);
    },

    /** Also a user who was deleted. */
    read,

    /** Those who are there, in no order. */
    readMany: (userIds: bigint[]) =>
      sql<StoredUser[]>`
        select ${userColumns(sql)} from users where user_id = any(${userIds}::bigint[]) and not deleted`,

    list: listUsers(sql),
  };
}

/**
 * Reads users, the deleted too, and keeps them as they are until the transaction ends; `administrators` adds all who
 * administer the system. In the order of their numbers, so that no two transactions wait for each other.
 */
export function lockUsers(
  tx: TransactionSql,
  userIds: bigint[],
  { administrators = false } = {},
): Promise<StoredUser[]> {
  const others = administrators ? tx`or (system_role = ${SystemRole.ADMINISTRATOR} and not deleted)` : tx``;
  return tx<StoredUser[]>`
    select ${userColumns(tx)} from users where user_id = any(${userIds}::bigint[]) ${others}
    order by user_id for update`;
}

/** Writes a locked user as it is to be. Returns the new revision. */
export async function writeUser(tx: TransactionSql, user: StoredUser): Promise<bigint> {
  const [row] = await tx<{ revision: bigint }[]>`
    update users set name = ${user.name}, system_role = ${user.systemRole}, mapping_level = ${user.mappingLevel},
      languages = ${user.languages}::text[], description = ${user.description}, blocked = ${user.blocked},
      block_time = ${user.blockTime}, block_actor = ${user.blockActor}, block_reason = ${user.blockReason},
      deleted = ${user.deleted}, token_version = ${user.tokenVersion}, revision = revision + 1
    where user_id = ${user.userId} returning revision`;
  return (row as { revision: bigint }).revision;
}

/** Whether a user is a service of this deployment, whose account stays locked until the transaction ends. */
export async function lockDeployed(tx: TransactionSql, userId: bigint): Promise<boolean> {
  const [account] = await tx<{ isDeployed: boolean }[]>`
    select is_deployed as "isDeployed" from service_accounts
    where user_id = ${userId} and delete_time is null
    for update`;
  return account?.isDeployed ?? false;
}

/**
 * Locks the row of a user who is to become a member or a manager until the end of the transaction, so that nobody deletes
 * the user meanwhile, and says whether this is allowed; `alone` also keeps out other transactions that lock it. Locks are
 * taken in this order: users, organisations, teams, and last the versions of memberships.
 */
export async function lockCandidate(
  tx: TransactionSql,
  userId: bigint,
  { alone = false } = {},
): Promise<Candidate> {
  const [row] = await tx<{ admissible: boolean }[]>`
    select kind = ${UserKind.PERSON} and not blocked as admissible from users
    where user_id = ${userId} and not deleted ${alone ? tx`for no key update` : tx`for share`}`;
  return { userId, exists: row !== undefined, isAdmissible: row?.admissible ?? false };
}
