import type { TransactionSql } from "@tessera/postgres/pool.ts";
import type { Person } from "./person.ts";

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
