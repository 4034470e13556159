import { idOf } from "../id-of.ts";
import { type Counts, countOne } from "../operations/counts.ts";
import type { OperationRow } from "../operations/operation-row.ts";
import type { Decided } from "../tasks/change-columns.ts";
import { type TaskRow, taskOf } from "../tasks/task-row.ts";
import { type Place, reconcile } from "./reconcile.ts";

/** Decides what becomes of each of some tasks; what is kept though it lies outside is counted by its reason. */
export function reconcileAll(
  operation: OperationRow,
  placeOf: (taskId: number) => Place,
  rows: readonly (TaskRow & { now: Date })[],
) {
  const decided: Decided[] = [];
  const skipped: Counts = {};
  const resultCounts: Counts = {};
  for (const { now, ...row } of rows) {
    const before = taskOf(row);
    const { projectId, taskId } = before;
    const known = { projectId, taskId, task: before, slots: [], now };
    const { change, result, kept } = reconcile(known, idOf(operation.user_id), placeOf(taskId));
    if (kept) countOne(skipped, kept.reason.name);
    if (result) countOne(resultCounts, result);
    if (change.events.length === 0) continue;
    decided.push({ caller: 0n, changes: [change], operationId: operation.operation_id });
  }
  return { decided, skipped, resultCounts };
}
