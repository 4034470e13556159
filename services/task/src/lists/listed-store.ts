import { ListTasksResponseSchema } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import type { Sql } from "@tessera/postgres/pool.ts";
import type { Selection } from "../selection.ts";
import { matching } from "../tasks/matching-store.ts";
import type { Page } from "../tasks/store.ts";
import { columnsOf, type Fragment, readGround } from "./columns-store.ts";
import { type Chosen, choose, type TextRow } from "./task-fields.ts";
import { WireWriter, wholeNumber } from "./wire-writer.ts";

/** Tasks in binary, one after the other, as the list of a response has them. */
export interface ListedTasks {
  bytes: Buffer;
  /** The number of the last one; undefined if there are none. */
  last: number | undefined;
  /** Whether there are more after them. */
  more: boolean;
  /** How many there are on all pages, where that is asked for. */
  total: number | undefined;
}

/** How much is read at once. */
export interface ListedPage extends Page {
  /** The most bytes of areas beyond the first task's; unlimited, without it. */
  areaBytes?: number;
  /** Whether to count the tasks of all pages. */
  withTotal?: boolean;
}

/** The responses that have tasks have them in the field of this number. */
export const TASKS_FIELD = ListTasksResponseSchema.field.tasks.number;

/** Reads tasks by number, with the chosen fields. An expired lock is shown as ended. */
export async function listTasks(
  sql: Sql,
  selection: Selection,
  fields: readonly string[],
  { after, limit, areaBytes, withTotal = false }: ListedPage,
): Promise<ListedTasks> {
  const chosen = choose(fields);
  const bound = chosen.columns.includes("area") ? areaBytes : undefined;
  const found = select(sql, selection, chosen, { after, limit: limit + 1 });
  const [rows, total] = await Promise.all([
    (bound === undefined ? found : withinBytes(sql, found, bound)).raw() as Promise<TextRow[]>,
    withTotal ? count(sql, selection) : undefined,
  ]);
  const shown = rows.slice(0, limit);
  const writer = new WireWriter();
  for (const row of shown) chosen.write(writer, TASKS_FIELD, selection.projectId, row);
  const id = shown.at(-1)?.[0];
  // After as many bytes, rows may have been left out.
  const more = rows.length > limit || (bound !== undefined && writer.length >= bound);
  return { bytes: writer.take(), last: id ? wholeNumber(id) : undefined, more, total };
}

/** Counts the tasks of all pages. */
async function count(sql: Sql, selection: Selection): Promise<number | undefined> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::integer as count from tasks t where ${matching(sql, selection)}`;
  return row?.count;
}

/** Ground is looked up from the same number on: a join of both would read that of all tasks before it. */
function select(sql: Sql, selection: Selection, { columns }: Chosen, { after, limit }: Page) {
  return sql`
    select ${columnsOf(sql, columns)} from tasks t
    ${readGround(columns) ? sql`join task_areas a on a.project_id = t.project_id and a.task_id = t.task_id and a.task_id > ${after}` : sql``}
    where ${matching(sql, selection)} and t.task_id > ${after}
    order by t.task_id limit ${limit}`;
}

/** The first of the rows: no more than `bytes` of areas beyond the first. */
function withinBytes(sql: Sql, found: Fragment, bytes: number) {
  return sql`
    select * from (
      select *, sum(octet_length(area)) over (order by task_id) - octet_length(area) as bytes_before from (${found}) page
    ) measured where bytes_before < ${bytes} order by task_id`;
}
