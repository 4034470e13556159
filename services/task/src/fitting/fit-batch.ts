import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import { added } from "../operations/change-batch.ts";
import { Cancelled } from "../operations/insert-set.ts";
import type { OperationRow } from "../operations/operation-row.ts";
import { fittingOvertaken } from "../operations/refusals.ts";
import { advance, isCancelled } from "../operations/store.ts";
import type { Decided } from "../tasks/change-columns.ts";
import { matching, type Selection } from "../tasks/matching.ts";
import { type TaskRow, taskOf } from "../tasks/task-row.ts";
import { writeAll } from "../tasks/write-changes.ts";
import { fit } from "./fit.ts";

/** One part of a fitting: the next tasks, and where they lie. */
export interface FitBatch {
  operation: OperationRow;
  lease: string;
  selection: Selection;
  /** The numbers of the tasks, in order: areas do not change, so they may have been looked at some time ago. */
  taskIds: readonly number[];
  /** Those of them that lie outside the operation's area. */
  outside: ReadonlySet<number>;
}

/**
 * Fits the next tasks to the operation's area, and moves the operation on, in one transaction, in which nobody else
 * changes them. Returns the operation after it. Throws Cancelled, LeaseLost, FITTING_OVERTAKEN: nothing of this part
 * is written then.
 */
export async function fitBatch(sql: Sql, batch: FitBatch): Promise<OperationRow> {
  const { operation, lease, selection, taskIds } = batch;
  return sql.begin(async (tx) => {
    if (await isCancelled(tx, operation, lease)) throw new Cancelled();
    await refuseOvertaken(tx, operation);
    const rows = await tx<(TaskRow & { now: Date })[]>`
      select date_trunc('milliseconds', clock_timestamp()) as now, t.* from tasks t
      where ${matching(tx, selection)} and t.task_id = any(${taskIds}::integer[])
      order by t.task_id for update`;
    const { decided, skipped, outcomes } = fitAll(batch, rows);
    const times = decided.length === 0 ? [] : await writeAll(tx, decided);
    if (times.includes(undefined)) throw new Error("a task changed while it was locked");
    const kept = Object.values(skipped).reduce((sum, count) => sum + count, 0);
    const to = {
      cursor_task_id: taskIds.at(-1) ?? operation.last_task_id,
      units_done: operation.units_done + rows.length - kept,
      units_skipped: operation.units_skipped + kept,
      skipped: added(operation.skipped, skipped),
      outcomes: added(operation.outcomes, outcomes),
    };
    await advance(tx, operation, lease, to);
    return { ...operation, ...to };
  });
}

/**
 * Of two fittings with different areas, the one with the later area stands. The row of the set is locked before those of
 * its tasks, in the order in which a split locks them. A project without tasks has no row, and nothing to fit.
 */
async function refuseOvertaken(
  tx: TransactionSql,
  { project_id: projectId, area_revision: revision }: OperationRow,
): Promise<void> {
  const [set] = await tx<{ fitted: bigint }[]>`
    update task_sets set fitted_revision = greatest(fitted_revision, ${revision}) where project_id = ${projectId}
    returning fitted_revision as fitted`;
  if (set && set.fitted > revision) throw fittingOvertaken(projectId, revision, set.fitted);
}

function fitAll({ operation, outside }: FitBatch, rows: readonly (TaskRow & { now: Date })[]) {
  const decided: Decided[] = [];
  const skipped: Record<string, number> = {};
  const outcomes: Record<string, number> = {};
  for (const { now, ...row } of rows) {
    const before = taskOf(row);
    const { projectId, taskId } = before;
    const known = { projectId, taskId, task: before, slots: [], now };
    const { change, outcome, kept } = fit(known, operation.user_id, outside.has(taskId));
    if (kept) skipped[kept.reason.name] = (skipped[kept.reason.name] ?? 0) + 1;
    if (outcome) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    if (change.events.length === 0) continue;
    decided.push({ caller: 0n, changes: [change], operationId: operation.operation_id });
  }
  return { decided, skipped, outcomes };
}
