import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { TaskAction } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import type { GridTask } from "@tessera/geometry/grids/grid.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import type { Selection } from "../selection.ts";
import { type EarlierRow, earlierOf } from "../tasks/earlier-row.ts";
import { matching } from "../tasks/matching-store.ts";
import { type Divided, insertParts, takeNumbers } from "../tasks/split-store.ts";
import type { Earlier } from "../tasks/task.ts";
import type { TaskRow } from "../tasks/task-row.ts";
import type { Bulk } from "./bulk-change.ts";
import { added } from "./counts.ts";
import { decideBatch } from "./decide-batch.ts";
import type { PartDone } from "./in-parts.ts";
import type { OperationRow } from "./operation-row.ts";
import { writePart } from "./part-store.ts";

/** One part of a bulk change: the next tasks of a selection. */
export interface Batch {
  operation: OperationRow;
  lease: string;
  selection: Selection;
  bulk: Bulk;
  limit: number;
  /**
   * For SPLIT: the next tasks as they were looked at, by number, and what each is split into, if it can be. Areas do not
   * change, but which tasks are of the selection does: no others are split.
   */
  parts: ReadonlyMap<number, readonly GridTask[] | undefined>;
  tasksMax: number;
}

/**
 * Changes the next tasks of a selection, in one transaction, in which nobody else changes them. Throws what `writePart` does,
 * and TOO_MANY_TASKS_IN_PROJECT.
 */
export async function changeBatch(sql: Sql, batch: Batch): Promise<PartDone> {
  const { operation: before, bulk, parts, limit } = batch;
  const splits = bulk.action === TaskAction.SPLIT;
  const cut = [...parts.keys()];
  let seen: readonly number[] = cut;
  const operation = await writePart(sql, batch, async (tx) => {
    const rows = await lockNext(tx, batch, splits ? cut : undefined);
    if (!splits) seen = rows.map((row) => row.task_id);
    const { operation_id: operationId, user_id: actor } = before;
    const facts = { bulk, operationId, parts, earlier: await readEarlier(tx, batch, rows) };
    const { decided, divided, done, skipped } = decideBatch(facts, rows);
    const firstId = await numbersFor(tx, batch, divided);
    return {
      decided,
      to: {
        cursor_task_id: seen.at(-1) ?? before.last_task_id,
        done_count: before.done_count + done,
        skipped_count: before.skipped_count + rows.length - done,
        skipped_counts: added(before.skipped_counts, skipped),
      },
      complete: async (createTime) => {
        if (divided.length > 0) await insertParts(tx, divided, firstId, { actor, createTime, operationId });
      },
    };
  });
  return { operation, more: seen.length === limit };
}

/** Locks the next tasks of a selection; of these numbers only, and in the order of a split by hand, if any are given. */
async function lockNext(
  tx: TransactionSql,
  { operation, selection, limit }: Batch,
  cut: number[] | undefined,
): Promise<(TaskRow & { now: Date })[]> {
  if (cut) await tx`select 1 from task_sets where project_id = ${selection.projectId} for update`;
  return tx<(TaskRow & { now: Date })[]>`
    select date_trunc('milliseconds', clock_timestamp()) as now, t.* from tasks t
    where ${matching(tx, selection)} and t.task_id > ${operation.cursor_task_id}
      and t.task_id <= ${operation.last_task_id} ${cut ? tx`and t.task_id = any(${cut}::integer[])` : tx``}
    order by t.task_id limit ${limit} for update`;
}

async function numbersFor(
  tx: TransactionSql,
  { selection, tasksMax }: Batch,
  divided: readonly Divided[],
): Promise<number> {
  const count = divided.reduce((sum, { parts }) => sum + parts.length, 0);
  return count === 0 ? 0 : takeNumbers(tx, selection.projectId, count, tasksMax);
}

/** For REVERT_USER: what stood before all that the person did to each task since somebody else changed its state. */
async function readEarlier(
  tx: TransactionSql,
  { bulk, selection }: Batch,
  rows: readonly TaskRow[],
): Promise<Map<number, Earlier>> {
  const { revertedUserId } = bulk;
  if (bulk.action !== TaskAction.REVERT_USER || revertedUserId === undefined) return new Map();
  const ids = rows.filter((row) => row.state_by === revertedUserId).map((row) => row.task_id);
  const found = await tx<(EarlierRow & { task_id: number })[]>`
    with recursive chain as (
      select e.*, 1 as step from tasks t join task_events e
        on e.project_id = ${selection.projectId} and e.task_id = t.task_id and e.revision = t.state_revision
      where t.project_id = ${selection.projectId} and t.task_id = any(${ids}::integer[])
      union all
      select e.*, c.step + 1 from chain c join task_events e
        on e.project_id = ${selection.projectId} and e.task_id = c.task_id and e.revision = c.before_state_revision
      where c.before_state_by = ${revertedUserId} and c.before_state_revision > 0 and c.from_state <> ${TaskState.READY}
    )
    select distinct on (task_id) task_id, from_state, before_state_revision, before_state_by, before_mapped_by,
      before_validated_by from chain order by task_id, step desc`;
  return new Map(found.map((row) => [row.task_id, earlierOf(row)]));
}
