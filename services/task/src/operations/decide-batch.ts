import { TaskAction } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import type { GridTask } from "@tessera/geometry/grids/grid.ts";
import { Refusal } from "@tessera/rpc/refusal.ts";
import type { Decided } from "../tasks/change-columns.ts";
import type { Divided } from "../tasks/split-store.ts";
import type { Earlier } from "../tasks/task.ts";
import { type TaskRow, taskOf } from "../tasks/task-row.ts";
import { type Bulk, changeInBulk } from "./bulk-change.ts";
import { type Counts, countOne } from "./counts.ts";

/** What is known of the tasks of a batch. */
export interface BatchFacts {
  bulk: Bulk;
  operationId: number;
  /** For SPLIT: what each task is split into, if it can be. */
  parts: ReadonlyMap<number, readonly GridTask[] | undefined>;
  /** For REVERT_USER. */
  earlier: ReadonlyMap<number, Earlier>;
}

/** Decides what becomes of each task of a batch; what may not be changed is skipped, and counted by its reason. */
export function decideBatch(
  { bulk, operationId, parts, earlier }: BatchFacts,
  rows: readonly (TaskRow & { now: Date })[],
) {
  const decided: Decided[] = [];
  const divided: Divided[] = [];
  const skipped: Counts = {};
  let done = 0;
  for (const { now, ...row } of rows) {
    const before = taskOf(row);
    const { projectId, taskId } = before;
    const pieces = parts.get(taskId);
    const facts = { earlier: earlier.get(taskId), divisible: pieces !== undefined };
    const change = changeInBulk({ projectId, taskId, task: before, slots: [], now }, bulk, facts);
    if (change instanceof Refusal) {
      countOne(skipped, change.reason.name);
      continue;
    }
    done += 1;
    if (change.events.length === 0) continue;
    decided.push({ caller: 0n, changes: [change], operationId });
    if (bulk.action === TaskAction.SPLIT && pieces) divided.push({ change, parts: pieces });
  }
  return { decided, divided, done, skipped };
}
