import type { Sql } from "@tessera/postgres/pool.ts";
import type { Feed, Positioned } from "./feed.ts";
import type { Sequencer } from "./sequencer.ts";

/** What there is to do for the sequencer and the readers of a feed. */
export interface FeedSigns {
  /** The last position that was given. */
  head: bigint;
  /** Events have no position yet. */
  unstamped: boolean;
}

/**
 * Reads them, by one statement; by one each where events are distributed (`byProject`). The first event of the index is asked
 * for, because a plan for "exists" may read the table whole.
 */
export async function readFeedSigns(
  sql: Sql,
  feed: string,
  { byProject = false }: { byProject?: boolean } = {},
): Promise<FeedSigns> {
  const head = sql`(select position from feed_head where feed = ${feed})`;
  const unstamped = sql`
    (select commit_time from ${sql(feed)} where position is null order by commit_time limit 1) is not null`;
  if (byProject) {
    const [[first], [second]] = await Promise.all([
      sql<Pick<FeedSigns, "head">[]>`select ${head} as head`,
      sql<Pick<FeedSigns, "unstamped">[]>`select ${unstamped} as unstamped`,
    ]);
    return { ...first, ...second } as FeedSigns;
  }
  const [signs] = await sql<FeedSigns[]>`select ${head} as head, ${unstamped} as unstamped`;
  return signs as FeedSigns;
}

/** Pokes the sequencer and the readers of a feed where there is something for them. */
export function pokeFeed<Row extends Positioned>(
  { head, unstamped }: FeedSigns,
  { events, stamps }: { events: Pick<Feed<Row>, "endsAt">; stamps: Pick<Sequencer, "poke"> },
): void {
  events.endsAt(head);
  if (unstamped) stamps.poke();
}
