import type { HandlerContext, MethodImpl } from "@connectrpc/connect";
import { type SplitTaskRequest, TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { GeometryTimeout } from "@tessera/geometry/work/geometry-timeout.ts";
import { replay, requestKey, untilWritten } from "@tessera/postgres/requests.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { partsOf } from "../parts-of.ts";
import { geometryOverloaded, taskNotDivisible, taskNotFound } from "../refusals.ts";
import { split } from "./split.ts";
import type { WholeTask } from "./whole-task.ts";

/** How long cutting a task may take, in milliseconds. */
const CUTTING_MAX_MS = 15_000;

/** Implements tessera.task.v1.TaskService.SplitTask. */
export function splitTask(deps: Deps): MethodImpl<typeof TaskService.method.splitTask> {
  const { store, projects, settings } = deps;
  return (request, context) => {
    const caller = callerOf(context);
    const { projectId, taskId } = request;
    const method = TaskService.method.splitTask;
    const key = requestKey(method, request, { projectId, caller: String(caller.userId) });
    return untilWritten(async () => {
      const { remembered, ...known } = await store.readTask({
        key,
        taskId,
        holder: caller.userId,
        purpose: 0,
      });
      if (remembered !== undefined) return replay(method.output, key, remembered);
      const access = await projects.access(projectId, context);
      const change = split(known, caller, access, request.lockToken);
      const parts = await cut(deps, request, context);
      const step = { before: known.task as WholeTask, change };
      return store.splitTask({ context, key, caller: caller.userId }, { step, parts }, settings.tasksMax);
    });
  };
}

async function cut(
  { store, projects }: Deps,
  { projectId, taskId }: SplitTaskRequest,
  context: Pick<HandlerContext, "values" | "signal" | "requestHeader">,
) {
  const task = await store.getTask(projectId, taskId);
  if (task === undefined) throw taskNotFound(projectId, taskId);
  const within = task.tile && (await projects.area(projectId, context));
  const options = {
    signal: context.signal,
    limitMs: CUTTING_MAX_MS,
    caller: String(callerOf(context).userId),
  };
  const parts = await partsOf(task, within, options).catch((error: unknown) => {
    // How long it takes depends on what else runs: it says nothing about the task.
    throw error instanceof GeometryTimeout ? geometryOverloaded() : error;
  });
  if (parts === undefined) throw taskNotDivisible(taskId);
  return parts;
}
