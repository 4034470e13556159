import type { Sql } from "@tessera/postgres/pool.ts";

/** Whether all events have positions that readers see. */
export async function isPublished(sql: Sql): Promise<boolean> {
  const waiting = await sql`
    (select 1 from task_events where position is null limit 1)
    union all select 1 from feed_head where given > position`;
  return waiting.length === 0;
}
