import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import { type ChainedEvent, chainHash } from "./event-chain.ts";
import type { EventRow } from "./event-row.ts";
import { EVENTS, eventColumns } from "./store.ts";

/** The most events that get a position in one transaction. */
export const STAMPED_MAX = 500;
/** The most events read at once when the chain is verified. */
const WALKED_MAX = 1_000;

/** What a walk along the chain came to. */
export interface Walk {
  /** How many events are as they were written. */
  sound: number;
  /** Where the chain breaks, if it does: what is wrong at which position. */
  break?: { position: bigint; what: string };
}

interface Link {
  position: bigint;
  hash: Uint8Array;
}

/**
 * Gives committed events their position and their hash; returns how many, and 0 as well while another process does
 * it: the row of feed_head is held by one at a time. What commits late gets its position later, so that no reader has
 * passed it.
 */
export async function stampEvents(sql: Sql): Promise<number> {
  return sql.begin(async (transaction) => {
    const [head] = await transaction<Link[]>`
      select position, hash from feed_head where feed = ${EVENTS} for update skip locked`;
    if (head === undefined) return 0;
    const rows = await transaction<EventRow[]>`
      select ${eventColumns(transaction)} from events where position is null
      order by commit_time, event_id limit ${STAMPED_MAX}`;
    await write(transaction, chained(head, rows));
    return rows.length;
  });
}

function chained(head: Link, rows: readonly EventRow[]): (Link & { eventId: string })[] {
  let { position, hash }: Link = head;
  return rows.map((row) => {
    position += 1n;
    hash = chainHash(hash, { ...row, position });
    return { eventId: row.eventId, position, hash };
  });
}

async function write(sql: TransactionSql, links: (Link & { eventId: string })[]): Promise<void> {
  const last = links.at(-1);
  if (last === undefined) return;
  const hashes = links.map(({ hash }) => Buffer.from(hash).toString("hex"));
  await sql`
    update events e set position = l.position, hash = decode(l.hash, 'hex')
    from unnest(${links.map((it) => it.eventId)}::uuid[], ${links.map((it) => it.position)}::bigint[],
      ${hashes}::text[]) as l (event_id, position, hash)
    where e.event_id = l.event_id`;
  await sql`
    update feed_head set position = ${last.position}, hash = ${last.hash} where feed = ${EVENTS}`;
}

/** Walks from the oldest event that is kept to the newest, and says where the first is that is not as it was written. */
export function walkChain(sql: Sql): Promise<Walk> {
  return sql.begin(async (transaction) => {
    // One picture of all, however long the walk takes.
    await transaction.unsafe("set transaction isolation level repeatable read, read only");
    const [floor] = await transaction<Link[]>`select position, hash from events_floor`;
    const [head] = await transaction<Link[]>`select position, hash from feed_head where feed = ${EVENTS}`;
    if (floor === undefined || head === undefined)
      return { sound: 0, break: { position: 0n, what: "the ends of the chain are not there" } };
    let last = floor;
    for (;;) {
      const rows = await transaction<EventRow[]>`
        select ${eventColumns(transaction)} from events where position > ${last.position}
        order by position limit ${WALKED_MAX}`;
      for (const row of rows) {
        const what = faultIn(last, row);
        const sound = Number(last.position - floor.position);
        if (what !== undefined) return { sound, break: { position: row.position, what } };
        last = row;
      }
      if (rows.length < WALKED_MAX) return ended(floor, last, head);
    }
  });
}

function ended(floor: Link, last: Link, head: Link): Walk {
  const sound = Number(last.position - floor.position);
  if (last.position === head.position && Buffer.from(last.hash).equals(head.hash)) return { sound };
  const { position } = last;
  return { sound, break: { position, what: `the last event is none that was the last: ${head.position}` } };
}

function faultIn(last: Link, row: ChainedEvent & Link): string | undefined {
  if (row.position !== last.position + 1n) return `the event at ${last.position + 1n} is gone`;
  if (!chainHash(last.hash, row).equals(row.hash)) return "the event or one before it was altered";
  return undefined;
}
