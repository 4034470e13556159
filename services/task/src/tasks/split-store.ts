import { TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import type { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import type { GridTask } from "@tessera/geometry/grids/grid.ts";
import { beginFor } from "@tessera/postgres/begin-for.ts";
import { type Attempt, Overtaken, type Written } from "@tessera/postgres/command.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import { tooManyTasksInProject } from "../refusals.ts";
import { insertTasks } from "./insert-store.ts";
import type { Change } from "./task.ts";
import { undefinedIfRaced, writeAll } from "./write-store.ts";

/** A task and what takes its place. */
export interface Divided {
  change: Change;
  parts: readonly GridTask[];
}

type SplitTaskResponse = typeof TaskService.method.splitTask.output;

/**
 * Splits a task for somebody, in one transaction. Returns undefined, or throws Overtaken, if the task is no longer as it was
 * read: nothing is written then. Refuses TOO_MANY_TASKS_IN_PROJECT.
 */
export async function splitTask(
  sql: Sql,
  attempt: Attempt<SplitTaskResponse>,
  divided: Divided,
  tasksMax: number,
): Promise<Written<SplitTaskResponse> | undefined> {
  const { change, parts } = divided;
  const { projectId, taskId, revision } = change.task;
  const actor = attempt.caller.userId;
  const split = beginFor(sql, attempt.context, async (tx) => {
    const firstId = await takeNumbers(tx, projectId, parts.length, tasksMax);
    const answer = {
      name: `projects/${projectId}/tasks/${taskId}/subtasks`,
      revision,
      response: { taskIds: parts.map((_, index) => firstId + index) },
    };
    const remember = attempt.remember(answer);
    const [commitTime] = await writeAll(tx, [{ caller: actor, changes: [change], remember }]);
    if (commitTime === undefined) throw new Overtaken();
    await insertParts(tx, [divided], firstId, { actor, createTime: commitTime, operationId: 0 });
    return { ...answer, commitTime };
  });
  return split.catch(undefinedIfRaced);
}

/**
 * Takes the next numbers of a project, and returns the first. Others that want numbers of this project wait until the
 * transaction ends, so that none is used twice and none is left out.
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
  const parents = divided.flatMap(({ change, parts: of }) => of.map(() => change.before));
  const projectId = parents[0]?.projectId ?? 0;
  const parentIds = parents.map(({ taskId }) => taskId);
  const priorities = parents.map(({ priority }) => priority);
  // A part of what shares no ground with the area shares none either.
  const outside = parents.map(({ outsideArea }) => outsideArea);
  await insertTasks(tx, { projectId, firstId, parentIds, priorities, outside, createTime }, parts);
  await tx`
    insert into task_events (project_id, task_id, revision, kind, actor, event_time, commit_time, from_state, to_state,
      parent_id, operation_id)
    select ${projectId}, ${firstId} + n.place::integer - 1, 1, ${TaskEventKind.SUBTASK_CREATED}, ${actor}::bigint,
      ${createTime}, ${createTime}, ${TaskState.UNSPECIFIED}, ${TaskState.READY}, n.parent, ${operationId}
    from unnest(${parentIds}::integer[]) with ordinality as n (parent, place)`;
}
