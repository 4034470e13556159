import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import { added } from "../operations/counts.ts";
import type { OperationRow } from "../operations/operation-row.ts";
import { writePart } from "../operations/part-store.ts";
import { reconciliationSuperseded } from "../operations/refusals.ts";
import type { Selection } from "../selection.ts";
import type { Decided } from "../tasks/change-columns.ts";
import { matching } from "../tasks/matching-store.ts";
import type { TaskRow } from "../tasks/task-row.ts";
import { reconcileAll } from "./reconcile-all.ts";

/** One part of a reconciliation: the next tasks, and where they lie. */
export interface ReconcileBatch {
  operation: OperationRow;
  lease: string;
  selection: Selection;
  /** The numbers of the tasks, in order: areas do not change, so they may have been looked at some time ago. */
  taskIds: readonly number[];
  /** Those of them that lie outside the operation's area. */
  outside: ReadonlySet<number>;
  /** The first priority area of each of those that lie in one. */
  priorityAreas: ReadonlyMap<number, number>;
}

/**
 * Reconciles the next tasks with the operation's area, in one transaction, in which nobody else changes them. Throws what
 * `writePart` does, and RECONCILIATION_SUPERSEDED.
 */
export function reconcileBatch(sql: Sql, batch: ReconcileBatch): Promise<OperationRow> {
  const { operation, selection, taskIds, outside, priorityAreas } = batch;
  const placeOf = (taskId: number) => ({
    outside: outside.has(taskId),
    priorityArea: priorityAreas.get(taskId) ?? 0,
  });
  return writePart(sql, batch, async (tx) => {
    await refuseSuperseded(tx, operation);
    const rows = await tx<(TaskRow & { now: Date })[]>`
      select date_trunc('milliseconds', clock_timestamp()) as now, t.* from tasks t
      where ${matching(tx, selection)} and t.task_id = any(${taskIds}::integer[])
      order by t.task_id for update`;
    const { decided, skipped, resultCounts } = reconcileAll(operation, placeOf, rows);
    await movePriorityAreas(tx, decided);
    const kept = Object.values(skipped).reduce((sum, count) => sum + count, 0);
    return {
      decided,
      to: {
        cursor_task_id: taskIds.at(-1) ?? operation.last_task_id,
        done_count: operation.done_count + rows.length - kept,
        skipped_count: operation.skipped_count + kept,
        skipped_counts: added(operation.skipped_counts, skipped),
        result_counts: added(operation.result_counts, resultCounts),
      },
    };
  });
}

/** Writes the priority areas of tasks where they changed: no command of a person does, so that commands leave them out. */
async function movePriorityAreas(tx: TransactionSql, decided: readonly Decided[]): Promise<void> {
  const moved = decided
    .flatMap(({ changes }) => changes)
    .filter(({ before, task }) => before.priorityArea !== task.priorityArea)
    .map(({ task }) => task);
  if (moved.length === 0) return;
  await tx`
    update tasks t set priority_area = m.priority_area
    from unnest(${moved.map(({ taskId }) => taskId)}::integer[], ${moved.map((it) => it.priorityArea)}::smallint[])
      as m (task_id, priority_area)
    where t.project_id = ${moved[0]?.projectId ?? 0} and t.task_id = m.task_id`;
}

/**
 * Of two reconciliations with different areas, the one with the later area stands. The row of the set is locked before those of
 * its tasks, in the order in which a split locks them. A project without tasks has no row, and nothing to reconcile.
 */
async function refuseSuperseded(
  tx: TransactionSql,
  { project_id: projectId, area_revision: revision, priority_areas: areas }: OperationRow,
): Promise<void> {
  const [set] = await tx<{ reconciled: bigint }[]>`
    update task_sets set area_revision = greatest(area_revision, ${revision}), priority_areas = case
      when area_revision <= ${revision} then ${areas && Buffer.from(areas)}::bytea else priority_areas end
    where project_id = ${projectId}
    returning area_revision as reconciled`;
  if (set && set.reconciled > revision) throw reconciliationSuperseded(projectId, revision, set.reconciled);
}
