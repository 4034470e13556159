import { type MappingLevel, type SystemRole, UserKind } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import type { Sql } from "@tessera/postgres/pool.ts";
import type { StoredUser } from "./user.ts";
import { userColumns } from "./user-columns.ts";

/** The filter of a list; 0, "" and undefined match all, but an undefined kind matches people. */
export interface UserFilter {
  name: string;
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
    filter.name === "" ? byNumber(sql, filter, after, limit) : byName(sql, filter, after, limit);
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
  const name = filter.name.normalize("NFC");
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
