import type { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import { MappingLevel, SystemRole, UserKind } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import { appendEvent, by } from "../event-store.ts";
import type { PublicKey } from "./public-key.ts";
import type { AccountWithKeys, StoredPublicKey, StoredServiceAccount } from "./service-account.ts";

/** The identity provider of service accounts: nobody signs in by it. */
const PROVIDER = "service";
const FORGOTTEN_MAX = 5_000;

/** What is read of service accounts. */
export function serviceAccountStore(sql: Sql) {
  return {
    /** Undefined for an account that is not there. */
    async find(userId: bigint): Promise<AccountWithKeys | undefined> {
      const [row] = await sql<StoredServiceAccount[]>`
        select ${accountColumns(sql)} from service_accounts a where user_id = ${userId}`;
      return row && { ...row, keys: await keysOf(sql, [userId]).then((all) => all.get(userId) ?? []) };
    },

    /** Accounts in the order of their making, after the one that `after` names. */
    async list(after: bigint, limit: number): Promise<AccountWithKeys[]> {
      const rows = await sql<StoredServiceAccount[]>`
        select ${accountColumns(sql)} from service_accounts a
        where user_id > ${after} and delete_time is null order by user_id limit ${limit}`;
      const keys = await keysOf(
        sql,
        rows.map(({ userId }) => userId),
      );
      return rows.map((row) => ({ ...row, keys: keys.get(row.userId) ?? [] }));
    },

    /** Forgets assertions that have expired. Returns how many. */
    async forgetAssertions(): Promise<number> {
      const { count } = await sql`
        delete from used_assertions where (user_id, jti_hash) in (
          select user_id, jti_hash from used_assertions where expire_time < now() - interval '1 minute'
          limit ${FORGOTTEN_MAX})`;
      return count;
    },
  };
}

/** Reads the account of a client id that was not deleted, with its keys. */
export async function accountOf(tx: TransactionSql, clientId: string): Promise<AccountWithKeys | undefined> {
  const [row] = await tx<StoredServiceAccount[]>`
    select ${accountColumns(tx)} from service_accounts a
    where client_id = ${clientId} and delete_time is null for share`;
  return row && { ...row, keys: await keysOf(tx, [row.userId]).then((all) => all.get(row.userId) ?? []) };
}

/** Reads an account, so that nobody else changes it until the transaction ends. */
export async function holdAccount(tx: TransactionSql, userId: bigint): Promise<AccountWithKeys | undefined> {
  const [row] = await tx<StoredServiceAccount[]>`
    select ${accountColumns(tx)} from service_accounts a where user_id = ${userId} for update`;
  return row && { ...row, keys: await keysOf(tx, [userId]).then((all) => all.get(userId) ?? []) };
}

/** Reads an account without its keys, so that nobody changes it until the transaction ends. */
export async function shareAccount(
  tx: TransactionSql,
  userId: bigint,
): Promise<StoredServiceAccount | undefined> {
  const [row] = await tx<StoredServiceAccount[]>`
    select ${accountColumns(tx)} from service_accounts a where user_id = ${userId} for share`;
  return row;
}

/** What a new account is made of. */
export type NewAccount = Pick<
  StoredServiceAccount,
  "clientId" | "description" | "scopes" | "mayAct" | "isDeployed"
>;

/** Makes an account and its user. Returns the number of the user; undefined if the client id is taken. */
export async function insertAccount(tx: TransactionSql, account: NewAccount): Promise<bigint | undefined> {
  const { clientId, description, scopes, mayAct, isDeployed } = account;
  const [user] = await tx<{ user_id: bigint }[]>`
    insert into users (identity_provider, subject, name, system_role, mapping_level, kind)
    values (${PROVIDER}, ${clientId}, ${clientId}, ${SystemRole.MAPPER}, ${MappingLevel.BEGINNER}, ${UserKind.SERVICE})
    on conflict (identity_provider, subject) do nothing returning user_id`;
  if (user === undefined) return undefined;
  await tx`
    insert into service_accounts (user_id, client_id, description, scopes, may_act, is_deployed, create_time, update_time)
    values (${user.user_id}, ${clientId}, ${description}, ${scopes}, ${mayAct}, ${isDeployed}, clock_timestamp(),
      clock_timestamp())`;
  return user.user_id;
}

/** Writes what an account is for and what it may do. Returns its revision. */
export async function writeAccount(
  tx: TransactionSql,
  {
    userId,
    description,
    scopes,
    mayAct,
  }: Pick<StoredServiceAccount, "userId" | "description" | "scopes" | "mayAct">,
): Promise<bigint> {
  const [row] = await tx<{ revision: bigint }[]>`
    update service_accounts set description = ${description}, scopes = ${scopes}, may_act = ${mayAct},
      update_time = clock_timestamp(), revision = revision + 1
    where user_id = ${userId} returning revision`;
  return row?.revision as bigint;
}

/** Deletes an account with its keys, and revokes the tokens that it made for itself. Returns its revision. */
export async function deleteAccount(tx: TransactionSql, userId: bigint): Promise<bigint> {
  await tx`delete from service_account_keys where user_id = ${userId}`;
  await tx`
    update personal_access_tokens set revoke_time = clock_timestamp(), revision = revision + 1
    where user_id = ${userId} and revoke_time is null`;
  const [row] = await tx<{ revision: bigint }[]>`
    update service_accounts set delete_time = clock_timestamp(), update_time = clock_timestamp(), revision = revision + 1
    where user_id = ${userId} returning revision`;
  return row?.revision as bigint;
}

/** Records what an administrator did to an account. */
export async function appendAccountEvent(
  tx: TransactionSql,
  kind: AuthEventKind,
  account: { userId: bigint; clientId: string },
  caller: { userId: bigint; clientId: string },
  { kid, scopes, mayAct }: { kid?: string; scopes?: readonly string[]; mayAct?: boolean } = {},
): Promise<void> {
  const details = {
    client_id: account.clientId,
    ...(kid !== undefined && { kid }),
    ...(scopes !== undefined && { scopes: scopes.join(" ") }),
    ...(mayAct !== undefined && { may_act: String(mayAct) }),
  };
  await appendEvent(tx, { kind, ...by(caller), userId: account.userId, details });
}

/** Adds a key; one that is there stays as it is. Returns the account's revision. */
export async function insertPublicKey(
  tx: TransactionSql,
  userId: bigint,
  { kid, publicJwk }: PublicKey,
): Promise<bigint> {
  const { count } = await tx`
    insert into service_account_keys (user_id, kid, public_jwk, create_time)
    values (${userId}, ${kid}, ${tx.json(publicJwk as never)}, clock_timestamp()) on conflict do nothing`;
  return touchAccount(tx, userId, count);
}

/** Removes a key. Returns the account's revision. */
export async function deletePublicKey(tx: TransactionSql, userId: bigint, kid: string): Promise<bigint> {
  const { count } = await tx`delete from service_account_keys where user_id = ${userId} and kid = ${kid}`;
  return touchAccount(tx, userId, count);
}

async function touchAccount(tx: TransactionSql, userId: bigint, changes: number): Promise<bigint> {
  const [row] = await tx<{ revision: bigint }[]>`
    update service_accounts set revision = revision + ${changes}::int,
      update_time = case when ${changes}::int > 0 then clock_timestamp() else update_time end
    where user_id = ${userId} returning revision`;
  return row?.revision as bigint;
}

/** Removes the keys of deployed accounts whose client ids are not named any more. */
export async function retireOthers(tx: TransactionSql, clientIds: readonly string[]): Promise<void> {
  await tx`
    delete from service_account_keys k using service_accounts a
    where a.user_id = k.user_id and a.is_deployed and a.client_id <> all(${clientIds as string[]}::text[])`;
}

/** Records that an assertion was used. Returns false if it was used before. */
export async function useAssertion(
  tx: TransactionSql,
  { userId, jtiHash, expireTime }: { userId: bigint; jtiHash: Buffer; expireTime: Date },
): Promise<boolean> {
  const { count } = await tx`
    insert into used_assertions (user_id, jti_hash, expire_time) values (${userId}, ${jtiHash}, ${expireTime})
    on conflict do nothing`;
  return count === 1;
}

async function keysOf(
  sql: Sql | TransactionSql,
  userIds: readonly bigint[],
): Promise<Map<bigint, StoredPublicKey[]>> {
  const rows = await sql<(StoredPublicKey & { userId: bigint })[]>`
    select user_id as "userId", kid, public_jwk as "publicJwk", create_time as "createTime"
    from service_account_keys where user_id = any(${userIds as bigint[]}::bigint[]) order by create_time, kid`;
  return Map.groupBy(rows, ({ userId }) => userId);
}

function accountColumns(sql: Sql | TransactionSql) {
  return sql`
    a.user_id as "userId", a.client_id as "clientId", a.description, a.scopes, a.may_act as "mayAct",
    a.is_deployed as "isDeployed", a.create_time as "createTime", a.update_time as "updateTime",
    a.delete_time as "deleteTime", a.revision`;
}
