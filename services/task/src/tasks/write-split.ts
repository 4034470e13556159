import { create, toBinary } from "@bufbuild/protobuf";
import { TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { SplitTaskResponseSchema } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import type { GridTask } from "@tessera/geometry/grids/grid.ts";
import { beginFor, type CallContext } from "@tessera/postgres/begin-for.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import { acknowledgement, type RequestKey } from "@tessera/postgres/requests.ts";
import { tooManyTasksInProject } from "../refusals.ts";
import type { Step } from "./change-columns.ts";
import { insertTasks } from "./insert-tasks.ts";
import { undefinedIfRaced, writeAll } from "./write-changes.ts";

/** A task and what takes its place. */
export interface Divided {
  step: Step;
  parts: readonly GridTask[];
}

/**
 * Splits a task for somebody, in one transaction. Answers undefined if the task was no longer as it was read: nothing is
 * written then. Refuses TOO_MANY_TASKS_IN_PROJECT.
 */
export async function splitTask(
  sql: Sql,
  { context, key, caller }: { context: CallContext; key: RequestKey; caller: bigint },
  divided: Divided,
  tasksMax: number,
) {
  const { task } = divided.step.change;
  const name = `projects/${task.projectId}/tasks/${task.taskId}/subtasks`;
  const { revision } = task;
  return beginFor(sql, context, async (tx) => {
    const firstId = await takeNumbers(tx, task.projectId, divided.parts.length, tasksMax);
    const taskIds = divided.parts.map((_, index) => firstId + index);
    const response = create(SplitTaskResponseSchema, { taskIds });
    const remember = { ...key, name, revision, response: toBinary(SplitTaskResponseSchema, response) };
    const [commitTime] = await writeAll(tx, [{ caller, steps: [divided.step], remember }]);
    if (commitTime === undefined) throw new Overtaken();
    await insertParts(tx, [divided], firstId, { actor: caller, createTime: commitTime, operationId: 0 });
    return { ...response, acknowledgement: acknowledgement(key, { name, revision, commitTime }) };
  }).catch((error: unknown) => (error instanceof Overtaken ? undefined : undefinedIfRaced(error)));
}

/** Rolls the transaction back. */
class Overtaken extends Error {}

/**
 * Takes the next numbers of a project, and answers the first. Whoever else wants numbers of this project waits until the
 * transaction ends, so that none is given twice and none is left out.
 */
export async function takeNumbers(
  tx: TransactionSql,
  projectId: number,
  count: number,
  tasksMax: number,
): Promise<number> {
  const [row] = await tx<{ last: number }[]>`
    update task_sets set last_task_id = last_task_id + ${count}
    where project_id = ${projectId} returning last_task_id as last`;
  if (row === undefined) throw new Error("a project has tasks and no row in task_sets");
  if (row.last > tasksMax) throw tooManyTasksInProject(tasksMax);
  return row.last - count + 1;
}

/** Writes the parts of tasks, numbered one after the other from `firstId`, with the first event of each. */
export async function insertParts(
  tx: TransactionSql,
  divided: readonly Divided[],
  firstId: number,
  { actor, createTime, operationId }: { actor: bigint; createTime: Date; operationId: number },
): Promise<void> {
  const parts = divided.flatMap((it) => it.parts);
  const parents = divided.flatMap(({ step, parts: of }) => of.map(() => step.before));
  const projectId = parents[0]?.projectId ?? 0;
  const parentIds = parents.map(({ taskId }) => taskId);
  const priorities = parents.map(({ priority }) => priority);
  // A part of what shares no ground with the area shares none either.
  const outside = parents.map(({ isOutside }) => isOutside);
  await insertTasks(tx, { projectId, firstId, parentIds, priorities, outside, createTime }, parts);
  await tx`
    insert into task_events (project_id, task_id, revision, kind, actor, event_time, commit_time, from_state, to_state,
      parent_id, operation_id)
    select ${projectId}, ${firstId} + n.place::integer - 1, 1, ${TaskEventKind.SUBTASK_CREATED}, ${actor}::bigint,
      ${createTime}, ${createTime}, ${TaskState.UNSPECIFIED}, ${TaskState.READY}, n.parent, ${operationId}
    from unnest(${parentIds}::integer[]) with ordinality as n (parent, place)`;
}
