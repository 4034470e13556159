import { create } from "@bufbuild/protobuf";
import { type User, UserSchema } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import type { Sql } from "@tessera/postgres/pool.ts";

/** What is stored of people. */
export function userStore(sql: Sql) {
  return {
    /** Undefined for a user who is not there. */
    async find(userId: bigint): Promise<User | undefined> {
      const [row] = await sql<
        { user_id: bigint; name: string; system_role: number; mapping_level: number; revision: bigint }[]
      >`
        select user_id, name, system_role, mapping_level, revision from users where user_id = ${userId}`;
      return (
        row &&
        create(UserSchema, {
          userId: row.user_id,
          name: row.name,
          systemRole: row.system_role as User["systemRole"],
          mappingLevel: row.mapping_level as User["mappingLevel"],
          revision: row.revision,
        })
      );
    },
  };
}
