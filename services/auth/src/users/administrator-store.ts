import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import { MappingLevel, SystemRole, SystemRoleSchema } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import type { ProvidedPerson } from "../administrators-setting.ts";
import { enumWord } from "../enum-word.ts";
import { appendEvent } from "../event-store.ts";

const { ADMINISTRATOR, MAPPER } = SystemRole;

/** By whose word somebody is an administrator where no administrator gave the role. */
export type GrantedBy = "ADMINISTRATORS" | "grant-administrator";

/** What a grant came to. */
export interface GrantedRole {
  userId: bigint;
  /** Whether the person was made for it: nobody has signed in as this person yet. */
  isNew: boolean;
  wasAdministrator: boolean;
  blocked: boolean;
}

/** Gives the role to a user whose row this transaction has locked, and writes it down; nothing for who has it. */
export async function makeAdministrator(
  tx: TransactionSql,
  user: { userId: bigint; systemRole: SystemRole },
  by: GrantedBy,
): Promise<void> {
  const { userId, systemRole } = user;
  if (systemRole === ADMINISTRATOR) return;
  await tx`update users set system_role = ${ADMINISTRATOR}, revision = revision + 1 where user_id = ${userId}`;
  const word = (role: SystemRole) => enumWord(SystemRoleSchema, role);
  const details = { from: word(systemRole), to: word(ADMINISTRATOR), by };
  await appendEvent(tx, { kind: AuthEventKind.ROLE_SET, actor: 0n, userId, details });
}

/**
 * Makes a person an administrator by the operator's word. A user who never signed in is created, and gets a name at
 * sign-in.
 */
export function grantAdministrator(sql: Sql, { provider, subject }: ProvidedPerson): Promise<GrantedRole> {
  return sql.begin(async (tx) => {
    const made = await tx`
      insert into users (identity_provider, subject, name, system_role, mapping_level)
      values (${provider}, ${subject}, ${`user ${subject}`}, ${MAPPER}, ${MappingLevel.BEGINNER})
      on conflict (identity_provider, subject) do nothing`;
    const [user] = await tx<{ userId: bigint; systemRole: SystemRole; blocked: boolean }[]>`
      select user_id as "userId", system_role as "systemRole", blocked from users
      where identity_provider = ${provider} and subject = ${subject} for update`;
    if (user === undefined) throw new Error("a user who is inserted or there already is found");
    await makeAdministrator(tx, user, "grant-administrator");
    const { userId, systemRole, blocked } = user;
    return { userId, isNew: made.count === 1, wasAdministrator: systemRole === ADMINISTRATOR, blocked };
  });
}
