import { Code, ConnectError } from "@connectrpc/connect";
import type { Sql } from "@tessera/postgres/pool.ts";
import pRetry from "p-retry";

/** Events that were committed have no position yet. */
class NotWhole extends ConnectError {}

/** How often events without a position are looked for, at most, before the head of the feed is unavailable. */
const WHOLE = {
  retries: 100,
  minTimeout: 20,
  factor: 1,
  shouldRetry: ({ error }: { error: Error }) => error instanceof NotWhole,
};

/** The time of a look and, if every event of that time and before has its position, the last one that was given. */
interface Seen {
  time: Date;
  position: bigint | null;
}

type Look = (sql: Sql, name: string, calledTime: Date | undefined) => Promise<Seen | undefined>;

/** The last position that was given, once every event that was committed before this call has one. Refuses UNAVAILABLE. */
export async function wholeHead(sql: Sql, name: string, look: Look): Promise<bigint> {
  let calledTime: Date | undefined;
  return pRetry(async () => {
    const seen = await look(sql, name, calledTime);
    if (seen?.position != null) return seen.position;
    // A Date has milliseconds, and the time of an event has more.
    if (seen !== undefined) calledTime ??= new Date(seen.time.getTime() + 1);
    throw new NotWhole("events wait for their position in the feed", Code.Unavailable);
  }, WHOLE);
}

/** One statement, of one moment: each event of the time before has its position in it, or is seen without one. */
export const lookAtOnce: Look = async (sql, name, calledTime) => {
  const [row] = await sql<Seen[]>`
    select called.time, case when not exists (
      select from ${sql(name)} where position is null and commit_time <= called.time) then position end as position
    from feed_head, (select coalesce(${calledTime ?? null}::timestamptz, clock_timestamp()) as time) called
    where feed = ${name}`;
  return row;
};

/** Where events are on several servers: the head is read after them, so that what they were given is in it. */
export const lookApart: Look = async (sql, name, calledTime) => {
  const [row] = await sql<{ time: Date; isWhole: boolean }[]>`
    select clock_timestamp() as time, not exists (
      select 1 from ${sql(name)} where position is null
        and commit_time <= coalesce(${calledTime ?? null}::timestamptz, clock_timestamp())) as "isWhole"`;
  if (!row?.isWhole) return row && { ...row, position: null };
  const [head] = await sql<{ position: bigint | null }[]>`
    select case when coalesce(given, position) <= position then position end as position
    from feed_head where feed = ${name}`;
  return { ...row, position: head?.position ?? null };
};
