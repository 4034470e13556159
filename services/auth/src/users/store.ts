import {
  type MappingLevel,
  SystemRole,
  type User,
  UserKind,
} from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import type { Candidate } from "./candidate.ts";
import type { Person } from "./person.ts";
import { type StoredUser, shown } from "./user.ts";

/** Administration also needs a token with its scope. */
const SCOPE = "administration";

/** A user, and the scopes of the token that the user calls with. */
export interface ScopedUser {
  userId: bigint;
  scopes: ReadonlySet<string>;
}

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

/** The columns of a StoredUser. */
export function userColumns(sql: Sql | TransactionSql) {
  return sql`
    user_id as "userId", kind, name, system_role as "systemRole", mapping_level as "mappingLevel", languages,
    description, blocked, block_time as "blockTime", block_actor as "blockActor", block_reason as "blockReason",
    deleted, token_version as "tokenVersion", revision`;
}

/**
 * Returns the user of an identity at a provider, created at the first sign-in. Of two who come for the first time
 * under one name, the second waits for the first and gets that user, which its own snapshot cannot see: hence the
 * update that changes nothing.
 */
export async function userOf(tx: TransactionSql, person: Person): Promise<bigint> {
  const { identityProvider, subject, name, systemRole, mappingLevel } = person;
  const [known] = await tx<{ user_id: bigint }[]>`
    select user_id from users where identity_provider = ${identityProvider} and subject = ${subject}`;
  if (known !== undefined) return known.user_id;
  const [row] = await tx<{ user_id: bigint }[]>`
    insert into users (identity_provider, subject, name, system_role, mapping_level)
    values (${identityProvider}, ${subject}, ${name}, ${systemRole}, ${mappingLevel})
    on conflict (identity_provider, subject) do update set subject = excluded.subject
    returning user_id`;
  return row?.user_id as bigint;
}

/** The database's time, in whole milliseconds. */
export async function timeOf(tx: TransactionSql): Promise<Date> {
  const [row] = await tx<{ now: Date }[]>`select date_trunc('milliseconds', clock_timestamp()) as now`;
  return row?.now as Date;
}

/** Whether the caller is an administrator, by a token that may be used as one: an expression for a query. */
export function administers(sql: Sql | TransactionSql, { userId, scopes }: ScopedUser) {
  return sql`(${scopes.has(SCOPE)}::boolean and exists (
    select from users a where a.user_id = ${userId} and a.system_role = ${SystemRole.ADMINISTRATOR} and not a.deleted))`;
}

/** Whether the caller is an administrator now, by a token that may be used as one. */
export async function isAdministrator(
  sql: Sql | TransactionSql,
  { userId, scopes }: ScopedUser,
): Promise<boolean> {
  if (!scopes.has(SCOPE)) return false;
  const rows = await sql`
    select from users where user_id = ${userId} and system_role = ${SystemRole.ADMINISTRATOR} and not deleted`;
  return rows.length === 1;
}

/** The filter of a list; UNSPECIFIED, "" and undefined match all, but an UNSPECIFIED kind matches people. */
export interface UserFilter {
  query: string;
  systemRole: SystemRole;
  mappingLevel: MappingLevel;
  kind: UserKind;
  blocked?: boolean | undefined;
}

/** A user with how well the name fits: 2 and more begin with what is looked for, less is likeness. */
export interface FoundUser extends StoredUser {
  /** A decimal number, as text. */
  fit: string;
}

/** The last user of the page before. */
export interface ListedUser {
  fit: string;
  userId: bigint;
}

/** Lists users: those who have the name, the best fit first and those of one fit by their number; or all, by their number. */
export function listUsers(sql: Sql) {
  return (filter: UserFilter, after: ListedUser | undefined, limit: number): Promise<FoundUser[]> =>
    filter.query === "" ? byNumber(sql, filter, after, limit) : byName(sql, filter, after, limit);
}

function byNumber(
  sql: Sql,
  filter: UserFilter,
  after: ListedUser | undefined,
  limit: number,
): Promise<FoundUser[]> {
  return sql<FoundUser[]>`
    select ${userColumns(sql)}, '0' as fit from users
    where user_id > ${after?.userId ?? 0n} ${wanted(sql, filter)}
    order by user_id limit ${limit}`;
}

function byName(
  sql: Sql,
  filter: UserFilter,
  after: ListedUser | undefined,
  limit: number,
): Promise<FoundUser[]> {
  const name = filter.query.normalize("NFC");
  const begins = sql`lower(name) like lower(${`${name.replace(/[\\%_]/g, "\\$&")}%`})`;
  const likeness = sql`similarity(lower(name), lower(${name}))`;
  const beyond =
    after === undefined
      ? sql``
      : sql`where fit < ${after.fit}::numeric or (fit = ${after.fit}::numeric and "userId" > ${after.userId})`;
  // Two looks into the index, put together: one look for either would read the whole table.
  return sql<FoundUser[]>`
    with named as (
      select user_id from users where ${begins} and not deleted
      union select user_id from users where lower(name) % lower(${name}) and not deleted
    )
    select *, fit::text as fit from (
      select ${userColumns(sql)}, round((case when ${begins} then 2 else 0 end + ${likeness})::numeric, 4) as fit
      from users where user_id in (select user_id from named) ${wanted(sql, filter)}
    ) found
    ${beyond}
    order by found.fit desc, "userId" limit ${limit}`;
}

function wanted(sql: Sql, { systemRole, mappingLevel, kind, blocked }: UserFilter) {
  return sql`
    and not deleted
    ${systemRole === 0 ? sql`` : sql`and system_role = ${systemRole}`}
    ${mappingLevel === 0 ? sql`` : sql`and mapping_level = ${mappingLevel}`}
    and kind = ${kind || UserKind.PERSON}
    ${blocked === undefined ? sql`` : blocked ? sql`and blocked` : sql`and not blocked`}`;
}
