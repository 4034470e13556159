import type { FeedSigns } from "@tessera/feeds/feed-signs.ts";
import type { Sql } from "@tessera/postgres/pool.ts";
import { EVENTS } from "./events/store.ts";
import { LATE_SECONDS } from "./revocations/store.ts";

/** What the loops of this process may have to do. */
export interface Signs extends FeedSigns {
  /** Somebody or something was revoked of late. */
  revoked: boolean;
}

/** All signs, by one statement. */
export async function readSigns(sql: Sql): Promise<Signs> {
  const [signs] = await sql<Signs[]>`
    select (select position from feed_head where feed = ${EVENTS}) as head,
      (select commit_time from events where position is null order by commit_time limit 1) is not null as unstamped,
      coalesce((select max(change_time) from revocations)
        > clock_timestamp() - make_interval(secs => ${LATE_SECONDS}), false) as revoked`;
  return signs as Signs;
}
