import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import { added } from "../operations/change-batch.ts";
import { Cancelled } from "../operations/insert-set.ts";
import type { OperationRow } from "../operations/operation-row.ts";
import { reconciliationSuperseded } from "../operations/refusals.ts";
import { advance, isCancelled } from "../operations/store.ts";
import type { Decided } from "../tasks/change-columns.ts";
import { idOf } from "../tasks/id-of.ts";
import { matching, type Selection } from "../tasks/matching.ts";
import { type TaskRow, taskOf } from "../tasks/task-row.ts";
import { writeAll } from "../tasks/write-changes.ts";
import { reconcile } from "./reconcile.ts";

/** One part of a reconciliation: the next tasks, and where they lie. */
export interface ReconcileBatch {
  operation: OperationRow;
  lease: string;
  selection: Selection;
  /** The numbers of the tasks, in order: areas do not change, so they may have been looked at some time ago. */
  taskIds: readonly number[];
  /** Those of them that lie outside the operation's area. */
  outside: ReadonlySet<number>;
}

/**
 * Reconciles the next tasks with the operation's area, and moves the operation on, in one transaction, in which nobody else
 * changes them. Returns the operation after it. Throws Cancelled, LeaseLost, RECONCILIATION_SUPERSEDED: nothing of this part
 * is written then.
 */
export async function reconcileBatch(sql: Sql, batch: ReconcileBatch): Promise<OperationRow> {
  const { operation, lease, selection, taskIds } = batch;
  return sql.begin(async (tx) => {
    if (await isCancelled(tx, operation, lease)) throw new Cancelled();
    await refuseSuperseded(tx, operation);
    const rows = await tx<(TaskRow & { now: Date })[]>`
      select date_trunc('milliseconds', clock_timestamp()) as now, t.* from tasks t
      where ${matching(tx, selection)} and t.task_id = any(${taskIds}::integer[])
      order by t.task_id for update`;
    const { decided, skipped, resultCounts } = reconcileAll(batch, rows);
    const times = decided.length === 0 ? [] : await writeAll(tx, decided);
    if (times.includes(undefined)) throw new Error("a task changed while it was locked");
    const kept = Object.values(skipped).reduce((sum, count) => sum + count, 0);
    const to = {
      cursor_task_id: taskIds.at(-1) ?? operation.last_task_id,
      done_count: operation.done_count + rows.length - kept,
      skipped_count: operation.skipped_count + kept,
      skipped_counts: added(operation.skipped_counts, skipped),
      result_counts: added(operation.result_counts, resultCounts),
    };
    await advance(tx, operation, lease, to);
    return { ...operation, ...to };
  });
}

/**
 * Of two reconciliations with different areas, the one with the later area stands. The row of the set is locked before those of
 * its tasks, in the order in which a split locks them. A project without tasks has no row, and nothing to reconcile.
 */
async function refuseSuperseded(
  tx: TransactionSql,
  { project_id: projectId, area_revision: revision }: OperationRow,
): Promise<void> {
  const [set] = await tx<{ reconciled: bigint }[]>`
    update task_sets set area_revision = greatest(area_revision, ${revision}) where project_id = ${projectId}
    returning area_revision as reconciled`;
  if (set && set.reconciled > revision) throw reconciliationSuperseded(projectId, revision, set.reconciled);
}

function reconcileAll({ operation, outside }: ReconcileBatch, rows: readonly (TaskRow & { now: Date })[]) {
  const decided: Decided[] = [];
  const skipped: Record<string, number> = {};
  const resultCounts: Record<string, number> = {};
  for (const { now, ...row } of rows) {
    const before = taskOf(row);
    const { projectId, taskId } = before;
    const known = { projectId, taskId, task: before, slots: [], now };
    const { change, result, kept } = reconcile(known, idOf(operation.user_id), outside.has(taskId));
    if (kept) skipped[kept.reason.name] = (skipped[kept.reason.name] ?? 0) + 1;
    if (result) resultCounts[result] = (resultCounts[result] ?? 0) + 1;
    if (change.events.length === 0) continue;
    decided.push({ caller: 0n, changes: [change], operationId: operation.operation_id });
  }
  return { decided, skipped, resultCounts };
}
