import type { Sql } from "@tessera/postgres/pool.ts";

/**
 * Gives the tables that are read by key some pages where they have none, as after a restore: while a table is empty, a plan would
 * read it whole, and a session keeps that plan while the table grows.
 */
export async function layPageFloor(sql: Sql): Promise<void> {
  await sql`select lay_page_floor()`;
}
