import type { MappingLevel, SystemRole, UserKind } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import type { Sql } from "@tessera/postgres/pool.ts";
import type { StoredUser } from "../user.ts";
import { userColumns } from "./user-row.ts";

/** Whom a list asks for; 0, "" and undefined for any. */
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

/** Lists users, the best fit first, and those of one fit by their number. */
export function listUsers(sql: Sql) {
  return (filter: UserFilter, after: ListedUser | undefined, limit: number): Promise<FoundUser[]> => {
    const { systemRole, mappingLevel, kind, blocked } = filter;
    const name = filter.name.normalize("NFC");
    const prefix = `${name.replace(/[\\%_]/g, "\\$&")}%`;
    const begins = sql`lower(name) like lower(${prefix})`;
    const fit =
      name === ""
        ? sql`0::numeric`
        : sql`round((case when ${begins} then 2 else 0 end + similarity(lower(name), lower(${name})))::numeric, 4)`;
    return sql<FoundUser[]>`
      select *, fit::text as fit from (
        select ${userColumns(sql)}, ${fit} as fit from users
        where not deleted
          ${name === "" ? sql`` : sql`and (${begins} or lower(name) % lower(${name}))`}
          ${systemRole === 0 ? sql`` : sql`and system_role = ${systemRole}`}
          ${mappingLevel === 0 ? sql`` : sql`and mapping_level = ${mappingLevel}`}
          ${kind === 0 ? sql`` : sql`and kind = ${kind}`}
          ${blocked === undefined ? sql`` : sql`and blocked = ${blocked}`}
      ) found
      ${after === undefined ? sql`` : sql`where found.fit < ${after.fit}::numeric or (found.fit = ${after.fit}::numeric and "userId" > ${after.userId})`}
      order by found.fit desc, "userId" limit ${limit}`;
  };
}
