import type { Sql } from "@tessera/postgres/pool.ts";
import type { StoredKey } from "../signing-key.ts";

/** What is stored of the keys that sign access tokens. */
export function keyStore(sql: Sql) {
  return {
    /** All signing keys, the newest last. */
    list: () => sql<StoredKey[]>`
      select kid, generation, public_jwk as "publicJwk", sealed_private_jwk as "sealedPrivateJwk"
      from signing_keys order by generation`,

    /** Adds a key, unless its generation has one. */
    async add({ kid, generation, publicJwk, sealedPrivateJwk }: StoredKey): Promise<void> {
      await sql`
        insert into signing_keys (kid, generation, public_jwk, sealed_private_jwk, create_time)
        values (${kid}, ${generation}, ${sql.json(publicJwk as never)}, ${sealedPrivateJwk}, clock_timestamp())
        on conflict (generation) do nothing`;
    },
  };
}
