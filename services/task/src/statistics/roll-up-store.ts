import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import { TASK_EVENTS } from "../events/store.ts";
import { daysOf, statesOf } from "./entries-store.ts";

/** The most events in one transaction. */
const BATCH_MAX = 10_000;

/**
 * Counts the next events, in one transaction with the position after them: each once, whatever process does it. Returns
 * whether there may be more.
 */
export async function rollUp(sql: Sql): Promise<boolean> {
  return sql.begin(async (tx) => {
    // The row is the lease: another process that has it counts these events.
    const [from] = await tx<
      { position: bigint }[]
    >`select position from statistics_feed for update skip locked`;
    const [head] = await tx<
      { position: bigint }[]
    >`select position from feed_head where feed = ${TASK_EVENTS}`;
    if (from === undefined || head === undefined || from.position >= head.position) return false;
    const limit = from.position + BigInt(BATCH_MAX);
    const upTo = limit < head.position ? limit : head.position;
    await addEvents(tx, from.position, upTo);
    await tx`update statistics_feed set position = ${upTo}`;
    return upTo < head.position;
  });
}

async function addEvents(tx: TransactionSql, after: bigint, upTo: bigint): Promise<void> {
  const events = tx`select * from task_events where position > ${after} and position <= ${upTo}`;
  await tx`
    insert into statistics_days as d ${daysOf(tx, events)}
    on conflict (project_id, user_id, day) do update set mapped = d.mapped + excluded.mapped,
      bad_imagery = d.bad_imagery + excluded.bad_imagery, validated = d.validated + excluded.validated,
      invalidated = d.invalidated + excluded.invalidated, sent_back = d.sent_back + excluded.sent_back,
      undone = d.undone + excluded.undone, mapping_ms = d.mapping_ms + excluded.mapping_ms,
      validation_ms = d.validation_ms + excluded.validation_ms`;
  await tx`
    insert into statistics_states as s ${statesOf(tx, events)}
    on conflict (project_id, day, state) do update set count = s.count + excluded.count,
      first_position = least(s.first_position, excluded.first_position)`;
}
