import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import type { HeldPosition } from "./fold-feed.ts";

/**
 * The row that says how far a feed of another service is followed, and which replica follows it until when. `table` has
 * one row with the columns position, holder and expire_time. A replica loses the following `leaseSeconds` after it last
 * took or kept it.
 */
export function followedFeed(sql: Sql, table: string, leaseSeconds: number) {
  return {
    /**
     * Takes the following for a replica, or keeps it. Returns the position from which to continue; undefined while
     * another replica has the following.
     */
    async take(holder: string): Promise<string | undefined> {
      const [row] = await sql<{ position: string }[]>`
        update ${sql(table)}
        set holder = ${holder}, expire_time = clock_timestamp() + make_interval(secs => ${leaseSeconds})
        where holder = ${holder} or expire_time < clock_timestamp()
        returning position`;
      return row?.position;
    },

    /** Lets another replica have the following at once. */
    async release(holder: string): Promise<void> {
      await sql`
        update ${sql(table)} set holder = null, expire_time = '-infinity' where holder = ${holder}`;
    },

    /** Moves to the next position. False, with nothing written, where the following is no longer at `held`. */
    async move(tx: Sql | TransactionSql, { holder, position }: HeldPosition, next: string): Promise<boolean> {
      const { count } = await tx`
        update ${tx(table)} set position = ${next} where holder = ${holder} and position = ${position}`;
      return count > 0;
    },
  };
}
