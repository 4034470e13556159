import { create, toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError, type HandlerContext, type MethodImpl } from "@connectrpc/connect";
import { Reason as ProjectReason } from "@tessera/contracts/tessera/project/v1/reason_pb.ts";
import {
  type CreateTasksRequest,
  CreateTasksResponseSchema,
  GridEdge,
  TaskService,
} from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { cutInWorker } from "@tessera/geometry/cut-in-worker.ts";
import { GeometryFault } from "@tessera/geometry/geometry-fault.ts";
import { GeometryTimeout } from "@tessera/geometry/geometry-timeout.ts";
import { type GridTask, TooManyTasks } from "@tessera/geometry/grid.ts";
import { acknowledgement, replay, requestKey, untilWritten } from "@tessera/postgres/requests.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "./deps.ts";
import { areaTooIntricate, permit, tasksExist, tooManyTasks } from "./refusals.ts";

/** Cutting an area takes at most so long, in milliseconds. */
const CUTTING_MAX_MS = 20_000;
/** The collection of a project's tasks is created once. */
const REVISION = 1n;

/** Implements tessera.task.v1.TaskService.CreateTasks. */
export function createTasks(deps: Deps): MethodImpl<typeof TaskService.method.createTasks> {
  const { store } = deps;
  return (request, context) => {
    const { projectId } = request;
    const caller = callerOf(context);
    const method = TaskService.method.createTasks;
    const key = requestKey(method, request, { projectId, caller: String(caller.userId) });
    return untilWritten(async () => {
      const remembered = await store.recall(key);
      if (remembered !== undefined) return replay(method.output, key, remembered);
      const tasks = await cut(deps, request, context);
      const name = `projects/${projectId}/tasks`;
      const response = create(CreateTasksResponseSchema, { taskCount: tasks.length });
      const remember = { ...key, name, revision: REVISION, response: toBinary(method.output, response) };
      context.signal.throwIfAborted();
      const commitTime = await store.createTasks(remember, caller.userId, tasks);
      if (commitTime === undefined) return undefined;
      return { ...response, acknowledgement: acknowledgement(key, { name, revision: REVISION, commitTime }) };
    });
  };
}

/** The tasks that the request asks for. Refuses in the order of the contract. */
async function cut(
  { store, projects, settings }: Deps,
  { projectId, zoom, edge }: CreateTasksRequest,
  context: HandlerContext,
): Promise<GridTask[]> {
  const access = await projects.access(projectId, context);
  if (access.mapping?.reason === ProjectReason.PROJECT_ARCHIVED) permit(access.mapping);
  permit(access.management);
  const present = await store.countTasks(projectId);
  if (present !== undefined) throw tasksExist(projectId, present);
  const area = await projects.area(projectId, context);
  const shape = edge === GridEdge.WHOLE ? "whole" : "clipped";
  const limits = { signal: context.signal, limitMs: CUTTING_MAX_MS };
  return cutInWorker(area, zoom, shape, settings.tasksMax, limits).catch((error: unknown) => {
    throw cuttingFailure(error, zoom, settings.tasksMax);
  });
}

/** What it means to the caller that an area could not be cut. */
export function cuttingFailure(error: unknown, zoom: number, tasksMax: number): unknown {
  if (error instanceof TooManyTasks) return tooManyTasks(tasksMax, zoom);
  // The project service took the area for valid: what is left is what only shows in cutting.
  if (error instanceof GeometryFault) return areaTooIntricate(zoom, error.place);
  // How long it takes depends on what else runs: it says nothing about the area.
  if (error instanceof GeometryTimeout) return new ConnectError(error.message, Code.DeadlineExceeded);
  return error;
}
