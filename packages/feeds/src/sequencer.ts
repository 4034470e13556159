import { setTimeout as sleep } from "node:timers/promises";
import type { Sql } from "@tessera/postgres/pool.ts";
import { type Repeating, repeat } from "@tessera/runtime/repeat.ts";

/** At most this many events get their position in one statement. */
const STAMPED_MAX = 2_000;
/** Between two statements; under load it lets more events share one. */
const PAUSE_MS = 20;
/** A look at the events without anybody having poked. */
const POLL_MS = 30_000;
/** The same where positions are given and published apart: a process may end between the two, which no sign says. */
const PUBLISH_MS = 1_000;

/**
 * Gives committed events their position in a feed, when it is poked: by who wrote them in this process, and by the pulse, which
 * finds those of a process that crashed.
 */
export type Sequencer = Repeating;

/**
 * Runs the sequencer of a table of events; any number of processes may, and one works at a time: it holds the feed's row
 * in feed_head. `byProject` says that the events are distributed over several servers.
 *
 * A number taken while a transaction is under way can be passed by a reader before that transaction commits: reading by
 * such numbers silently missed 4 to 5 % of the events under load. An event stamped after its commit cannot be missed.
 * Those of one resource keep the order of their revisions, even should the database's clock step back.
 */
export function sequencer(
  sql: Sql,
  feed: string,
  on: { stamped: () => void; failed: (error: unknown) => void },
  { byProject = false }: { byProject?: boolean } = {},
): Sequencer {
  const stamping = repeat({
    everyMs: byProject ? PUBLISH_MS : POLL_MS,
    work: async () => {
      const count = await (byProject ? giveAndPublish(sql, feed) : stamp(sql, feed));
      if (count > 0) on.stamped();
      await sleep(PAUSE_MS);
      if (count === STAMPED_MAX) stamping.poke();
    },
    failed: on.failed,
  });
  return stamping;
}

/**
 * As `stamp`, where events are distributed over several servers by project: in two transactions, as others see the first on
 * one server after the other.
 */
async function giveAndPublish(sql: Sql, feed: string): Promise<number> {
  await sql`select ${sql(`give_${feed}`)}(${STAMPED_MAX})`;
  const [row] = await sql<{ count: number }[]>`select ${sql(`publish_${feed}`)}() as count`;
  return row?.count ?? 0;
}

/**
 * Returns how many events got a position; 0 as well while another process does it. The function of the feed is made by its
 * service, which knows the key of its table.
 */
async function stamp(sql: Sql, feed: string): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select ${sql(`stamp_${feed}`)}(${STAMPED_MAX}) as count`;
  return row?.count ?? 0;
}
