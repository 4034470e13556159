import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import type { Selection } from "../selection.ts";
import type { Decided } from "../tasks/change-columns.ts";
import { matching } from "../tasks/matching-store.ts";
import { type TaskRow, taskOf } from "../tasks/task-row.ts";
import type { WholeTask } from "../tasks/whole-task.ts";
import { writeAll } from "../tasks/write-store.ts";
import type { OperationRow } from "./operation-row.ts";
import { type Advance, advance, isCancelled } from "./store.ts";

/** What one part of an operation changes. */
export interface Part {
  decided: readonly Decided[];
  /** The progress of the operation after it. */
  to: Advance;
  /** Writes what belongs to the changes, at the time of the first. */
  complete?: (commitTime: Date) => Promise<void>;
}

/** Somebody asked the operation to stop. */
export class Cancelled extends Error {
  override readonly name = "Cancelled";
}

/**
 * Does one part of an operation's work, and moves the operation on, in one transaction: the one way of long work to write.
 * `work` locks the tasks and decides. The lease guards it: throws LeaseLost and Cancelled; nothing is written then.
 */
export function writePart(
  sql: Sql,
  { operation, lease }: { operation: OperationRow; lease: string },
  work: (tx: TransactionSql) => Promise<Part>,
): Promise<OperationRow> {
  return sql.begin(async (tx) => {
    await stopIfCancelled(tx, operation, lease);
    const { decided, to, complete } = await work(tx);
    const times = decided.length === 0 ? [] : await writeAll(tx, decided);
    const [commitTime] = times;
    if (times.includes(undefined)) throw new Error("a task changed while it was locked");
    if (commitTime !== undefined) await complete?.(commitTime);
    await advance(tx, operation, lease, to);
    return { ...operation, ...to } as OperationRow;
  });
}

/** Throws Cancelled if somebody asked the operation to stop, and LeaseLost. */
export async function stopIfCancelled(
  tx: TransactionSql,
  operation: OperationRow,
  lease: string,
): Promise<void> {
  if (await isCancelled(tx, operation, lease)) throw new Cancelled();
}

/** How many tasks a selection has, and the last number there is. */
export async function sizeOf(sql: Sql, selection: Selection): Promise<{ count: number; last: number }> {
  const [row] = await sql<{ count: bigint; last: number | null }[]>`
    select (select count(*) from tasks t where ${matching(sql, selection)}) as count,
      (select last_task_id from task_sets where project_id = ${selection.projectId}) as last`;
  return { count: Number(row?.count ?? 0n), last: row?.last ?? 0 };
}

/** The next tasks of a selection, with their areas. */
export async function nextAreas(
  sql: Sql,
  { operation, selection, limit }: { operation: OperationRow; selection: Selection; limit: number },
): Promise<WholeTask[]> {
  const rows = await sql<TaskRow[]>`
    select t.*, a.zoom, a.x, a.y, a.area from tasks t join task_areas a using (project_id, task_id)
    where ${matching(sql, selection)} and t.task_id > ${operation.cursor_task_id}
      and t.task_id <= ${operation.last_task_id}
    order by t.task_id limit ${limit}`;
  return rows.map(taskOf);
}
