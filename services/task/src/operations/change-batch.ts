import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { TaskAction } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import type { GridTask } from "@tessera/geometry/grids/grid.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import { Refusal } from "@tessera/rpc/refusal.ts";
import type { Decided } from "../tasks/change-columns.ts";
import { type EarlierRow, earlierOf } from "../tasks/earlier-row.ts";
import { matching, type Selection } from "../tasks/matching.ts";
import type { Earlier } from "../tasks/task.ts";
import { type TaskRow, taskOf } from "../tasks/task-row.ts";
import type { WholeTask } from "../tasks/whole-task.ts";
import { writeAll } from "../tasks/write-changes.ts";
import { type Divided, insertParts, takeNumbers } from "../tasks/write-split.ts";
import { type Bulk, changeInBulk } from "./bulk-change.ts";
import { Cancelled } from "./insert-set.ts";
import type { OperationRow } from "./operation-row.ts";
import { advance, isCancelled } from "./store.ts";

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
 * Changes the next tasks of a selection, and moves the operation on, in one transaction, in which nobody else changes
 * them. Returns the operation as it is then, and whether there may be more. Throws Cancelled, LeaseLost,
 * TOO_MANY_TASKS_IN_PROJECT: nothing of this part is written then.
 */
export async function changeBatch(
  sql: Sql,
  batch: Batch,
): Promise<{ operation: OperationRow; more: boolean }> {
  const { operation, lease, selection, limit } = batch;
  return sql.begin(async (tx) => {
    if (await isCancelled(tx, operation, lease)) throw new Cancelled();
    const splits = batch.bulk.action === TaskAction.SPLIT;
    const cut = [...batch.parts.keys()];
    // In the order in which a split by hand locks them.
    if (splits) {
      await tx`select from task_sets where project_id = ${selection.projectId} for update`;
    }
    const rows = await tx<(TaskRow & { now: Date })[]>`
      select date_trunc('milliseconds', clock_timestamp()) as now, t.* from tasks t
      where ${matching(tx, selection)} and t.task_id > ${operation.cursor_task_id}
        and t.task_id <= ${operation.last_task_id} ${splits ? tx`and t.task_id = any(${cut}::integer[])` : tx``}
      order by t.task_id limit ${limit} for update`;
    const { decided, divided, done, skipped } = decideAll(batch, rows, await readEarlier(tx, batch, rows));
    const firstId = await numbersFor(tx, batch, divided);
    const times = decided.length === 0 ? [] : await writeAll(tx, decided);
    const [createTime] = times;
    if (times.includes(undefined)) throw new Error("a task changed while it was locked");
    if (divided.length > 0 && createTime) {
      const { operation_id: operationId, user_id: actor } = operation;
      await insertParts(tx, divided, firstId, { actor, createTime, operationId });
    }
    const lookedAt = splits ? cut : rows.map((row) => row.task_id);
    const to = {
      cursor_task_id: lookedAt.at(-1) ?? operation.last_task_id,
      done_count: operation.done_count + done,
      skipped_count: operation.skipped_count + rows.length - done,
      skipped_counts: added(operation.skipped_counts, skipped),
    };
    await advance(tx, operation, lease, to);
    return { operation: { ...operation, ...to }, more: lookedAt.length === limit };
  });
}

/** How many tasks a selection has, and the last number there is. */
export async function sizeOf(sql: Sql, selection: Selection): Promise<{ count: number; last: number }> {
  const [row] = await sql<{ count: bigint; last: number | null }[]>`
    select (select count(*) from tasks t where ${matching(sql, selection)}) as count,
      (select last_task_id from task_sets where project_id = ${selection.projectId}) as last`;
  return { count: Number(row?.count ?? 0n), last: row?.last ?? 0 };
}

/** The next tasks of a selection that may be split, with their areas. */
export async function nextAreas(
  sql: Sql,
  { operation, selection, limit }: Pick<Batch, "operation" | "selection" | "limit">,
): Promise<WholeTask[]> {
  const rows = await sql<TaskRow[]>`
    select t.*, a.zoom, a.x, a.y, a.area from tasks t join task_areas a using (project_id, task_id)
    where ${matching(sql, selection)} and t.task_id > ${operation.cursor_task_id}
      and t.task_id <= ${operation.last_task_id}
    order by t.task_id limit ${limit}`;
  return rows.map(taskOf);
}

function decideAll(
  { bulk, parts, operation }: Batch,
  rows: readonly (TaskRow & { now: Date })[],
  earlier: ReadonlyMap<number, Earlier>,
) {
  const decided: Decided[] = [];
  const divided: Divided[] = [];
  const skipped: Record<string, number> = {};
  let done = 0;
  for (const { now, ...row } of rows) {
    const before = taskOf(row);
    const { projectId, taskId } = before;
    const pieces = parts.get(taskId);
    const facts = { earlier: earlier.get(taskId), divisible: pieces !== undefined };
    const change = changeInBulk({ projectId, taskId, task: before, slots: [], now }, bulk, facts);
    if (change instanceof Refusal) {
      skipped[change.reason.name] = (skipped[change.reason.name] ?? 0) + 1;
      continue;
    }
    done += 1;
    if (change.events.length === 0) continue;
    decided.push({ caller: 0n, changes: [change], operationId: operation.operation_id });
    if (bulk.action === TaskAction.SPLIT && pieces) divided.push({ change, parts: pieces });
  }
  return { decided, divided, done, skipped };
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
        on e.project_id = t.project_id and e.task_id = t.task_id and e.revision = t.state_revision
      where t.project_id = ${selection.projectId} and t.task_id = any(${ids}::integer[])
      union all
      select e.*, c.step + 1 from chain c join task_events e
        on e.project_id = c.project_id and e.task_id = c.task_id and e.revision = c.before_state_revision
      where c.before_state_by = ${revertedUserId} and c.before_state_revision > 0 and c.from_state <> ${TaskState.READY}
    )
    select distinct on (task_id) task_id, from_state, before_state_revision, before_state_by, before_mapped_by,
      before_validated_by from chain order by task_id, step desc`;
  return new Map(found.map((row) => [row.task_id, earlierOf(row)]));
}

/** Adds counts up, by name. */
export function added(all: Record<string, number>, more: Record<string, number>): Record<string, number> {
  const sum = { ...all };
  for (const [name, count] of Object.entries(more)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}
