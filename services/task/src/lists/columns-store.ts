import type { Sql } from "@tessera/postgres/pool.ts";
import type { PendingQuery, Row } from "postgres";

/** A part of a statement. */
export type Fragment = PendingQuery<Row[]>;

/**
 * What is read of tasks `t` and their ground `a`, each column in the form that takes the least to write. Of `held`,
 * task-fields.ts knows the meaning.
 */
const COLUMNS = {
  task_id: (sql) => sql`t.task_id`,
  state: (sql) => sql`t.state`,
  mapped_by: (sql) => sql`t.mapped_by`,
  validated_by: (sql) => sql`t.validated_by`,
  submission_count: (sql) => sql`t.submission_count`,
  priority: (sql) => sql`t.priority`,
  parent_id: (sql) => sql`t.parent_id`,
  state_revision: (sql) => sql`t.state_revision`,
  state_by: (sql) => sql`t.state_by`,
  comment_count: (sql) => sql`t.comment_count`,
  report_count: (sql) => sql`t.report_count`,
  outside: (sql) => sql`t.outside::integer`,
  priority_area: (sql) => sql`t.priority_area`,
  create_time: (sql) => sql`date_part('epoch', t.create_time)`,
  update_time: (sql) => sql`date_part('epoch', t.update_time)`,
  revision: (sql) => sql`t.revision`,
  held: (sql) => sql`case when t.lock_holder is null then 0 when t.lock_ended then 2
    when t.lock_expire_time > clock_timestamp() then 1 else 3 end`,
  lock_holder: (sql) => sql`t.lock_holder`,
  lock_purpose: (sql) => sql`t.lock_purpose`,
  lock_token: (sql) => sql`t.lock_token`,
  lock_time: (sql) => sql`date_part('epoch', t.lock_time)`,
  lock_expire_time: (sql) => sql`date_part('epoch', t.lock_expire_time)`,
  assigned_to: (sql) => sql`case when t.assigned_until > clock_timestamp() then t.assigned_to else 0 end`,
  assigned_until: (sql) => sql`date_part('epoch', t.assigned_until)`,
  zoom: (sql) => sql`a.zoom`,
  x: (sql) => sql`a.x`,
  y: (sql) => sql`a.y`,
  area: (sql) => sql`a.area`,
} satisfies Record<string, (sql: Sql) => Fragment>;

/** A column that lists read. */
export type Column = keyof typeof COLUMNS;

const GROUND: readonly Column[] = ["zoom", "x", "y", "area"];

/** Columns of a statement, by their names. */
export function columnsOf(sql: Sql, columns: readonly Column[]): Fragment {
  return columns
    .map((it) => sql`${COLUMNS[it](sql)} as ${sql(it)}`)
    .reduce((all, one) => sql`${all}, ${one}`);
}

/** Whether columns are of the ground, which stands in a table of its own. */
export function readGround(columns: readonly Column[]): boolean {
  return columns.some((it) => GROUND.includes(it));
}
