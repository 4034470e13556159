import type { User } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import type { Sql } from "@tessera/postgres/pool.ts";
import { changeUser } from "./change-user.ts";
import { type StoredUser, shown } from "./user.ts";
import { listUsers } from "./user-list.ts";
import { userColumns } from "./user-row.ts";

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
    change: changeUser(sql),
  };
}
