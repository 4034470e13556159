import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import type { NewKey, StoredKey } from "./signing-key.ts";

/** How long revoked keys are listed. */
const REVOKED_SHOWN_DAYS = 30;
/** Longer than any key is published after it signed. */
const RETIRED_KEPT_SECONDS = 7_200;

/** What is stored of the keys that sign access tokens. */
export function keyStore(sql: Sql) {
  return {
    /** All signing keys, the newest last, and the database's time. */
    async read(): Promise<{ keys: StoredKey[]; now: Date }> {
      const rows = await sql<(Partial<StoredKey> & { now: Date })[]>`
        select one.now, ${keyColumns(sql)} from (select clock_timestamp() as now) one
        left join signing_keys on true order by generation`;
      const keys = rows.flatMap(({ now: _, ...key }) => (key.kid ? [key as StoredKey] : []));
      return { keys, now: rows[0]?.now as Date };
    },

    /** Adds a key that signs from `activateTime` on, unless its generation has one. */
    add: (key: NewKey, activateTime: Date) => addKey(sql, key, activateTime),

    /** Forgets keys that nothing needs any more. Returns how many. The newest stays, as the next one counts from it. */
    async forget(): Promise<number> {
      const { count } = await sql`
        delete from signing_keys k
        where generation < (select max(generation) from signing_keys) and (
          revoke_time < now() - make_interval(days => ${REVOKED_SHOWN_DAYS})
          or revoke_time is null and exists (
            select from signing_keys later
            where later.generation > k.generation and later.revoke_time is null
              and later.activate_time < now() - make_interval(secs => ${RETIRED_KEPT_SECONDS})))`;
      return count;
    },
  };
}

/** Adds a key, unless its generation has one. Returns whether it did. */
export async function addKey(
  sql: Sql | TransactionSql,
  { kid, generation, publicJwk, sealedPrivateJwk }: NewKey,
  activateTime: Date,
): Promise<boolean> {
  const { count } = await sql`
    insert into signing_keys (kid, generation, public_jwk, sealed_private_jwk, create_time, activate_time)
    values (${kid}, ${generation}, ${sql.json(publicJwk as never)}, ${sealedPrivateJwk}, clock_timestamp(), ${activateTime})
    on conflict (generation) do nothing`;
  return count === 1;
}

/** All keys, the newest last, so that nobody else changes them or adds one until the transaction ends. */
export async function holdKeys(tx: TransactionSql): Promise<StoredKey[]> {
  await tx`lock table signing_keys in share row exclusive mode`;
  return tx<StoredKey[]>`select ${keyColumns(tx)} from signing_keys order by generation`;
}

/** Revokes a key for ever, and deletes its private half. Returns its revision. */
export async function revokeKey(tx: TransactionSql, kid: string): Promise<bigint> {
  const [row] = await tx<{ revision: bigint }[]>`
    update signing_keys set revoke_time = clock_timestamp(), sealed_private_jwk = '', revision = revision + 1
    where kid = ${kid} returning revision`;
  return row?.revision as bigint;
}

function keyColumns(sql: Sql | TransactionSql) {
  return sql`
    kid, generation, public_jwk as "publicJwk", sealed_private_jwk as "sealedPrivateJwk", create_time as "createTime",
    activate_time as "activateTime", revoke_time as "revokeTime", revision`;
}
