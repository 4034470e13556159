import { toBinary } from "@bufbuild/protobuf";
import { MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { type CreateTasksRequest, TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import { fieldInvalid } from "@tessera/rpc/validation/validation.ts";
import type { Deps } from "../deps.ts";
import { permitUnlessArchived, tasksExist } from "../refusals.ts";
import { refuseAtOnce } from "./cut-area.ts";
import { startOperation } from "./start-operation.ts";

/** Implements tessera.task.v1.TaskService.CreateTasks. */
export const createTasks = (deps: Deps) => {
  const { store, projects, settings } = deps;
  const method = TaskService.method.createTasks;
  return command(method, async (request, attempt) => {
    checkFields(request);
    const { projectId } = request;
    await store.replayIfDone(attempt);
    const access = await projects.access(projectId, attempt.context);
    permitUnlessArchived(access, access.management);
    const present = await store.countTasks(projectId);
    if (present !== undefined && !request.fill) throw tasksExist(projectId, present);
    const { area, priorityAreas } = await projects.areaNow(projectId, attempt.context);
    // What a cut beside other tasks gives depends on these: it shows in the work.
    if (present === undefined) await refuseAtOnce(request, area, settings.tasksMax);
    return startOperation(deps, attempt, method, request, {
      area: toBinary(MultiPolygonSchema, area),
      priorityAreas: priorityAreas && toBinary(MultiPolygonSchema, priorityAreas),
    });
  });
};

/** What the contract says in words. */
function checkFields({ zoom, taskCount, sizeMetres, areas }: CreateTasksRequest): void {
  const stated = [zoom, taskCount, sizeMetres, areas.length || undefined].filter(
    (it) => it !== undefined,
  ).length;
  if (stated === 1) return;
  const description = "exactly one of zoom, task_count, size_metres and areas must be stated";
  throw fieldInvalid([{ field: "zoom", description, rule: "create.one_of" }]);
}
