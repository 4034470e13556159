import type { HandlerContext } from "@connectrpc/connect";
import { type SplitTaskRequest, TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { GeometryTimeout } from "@tessera/geometry/work/geometry-timeout.ts";
import { command } from "@tessera/postgres/command.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { partsOf } from "../parts-of.ts";
import { geometryOverloaded, taskNotDivisible, taskNotFound } from "../refusals.ts";
import { split } from "./split.ts";

/** How long cutting a task may take, in milliseconds. */
const CUTTING_MAX_MS = 15_000;

/** Implements tessera.task.v1.TaskService.SplitTask. */
export const splitTask = (deps: Deps) => {
  const { store, projects, settings } = deps;
  return command(TaskService.method.splitTask, async (request, attempt) => {
    const { projectId, taskId, lockToken } = request;
    const known = await store.read(attempt, { taskId });
    const access = await projects.access(projectId, attempt.context);
    const change = split(known, attempt.caller, access, lockToken);
    const parts = await cut(deps, request, attempt.context);
    // Writing the parts includes finding the priority areas in which they lie.
    return store.splitTask(attempt, { change, parts }, settings.tasksMax).catch(overloadedIfLate);
  });
};

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
  const parts = await partsOf(task, within, options).catch(overloadedIfLate);
  if (parts === undefined) throw taskNotDivisible(taskId);
  return parts;
}

/** How long geometry takes depends on what else runs: it says nothing about the task. */
function overloadedIfLate(error: unknown): never {
  throw error instanceof GeometryTimeout ? geometryOverloaded() : error;
}
