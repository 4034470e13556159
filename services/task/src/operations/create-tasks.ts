import { toBinary } from "@bufbuild/protobuf";
import type { MethodImpl } from "@connectrpc/connect";
import { MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { type CreateTasksRequest, TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { fieldInvalid } from "@tessera/rpc/validation/validation.ts";
import type { Deps } from "../deps.ts";
import { permitUnlessArchived, tasksExist } from "../refusals.ts";
import { startOperation } from "./start-operation.ts";

/** Implements tessera.task.v1.TaskService.CreateTasks. */
export function createTasks(deps: Deps): MethodImpl<typeof TaskService.method.createTasks> {
  const { store, projects } = deps;
  return (request, context) => {
    checkFields(request);
    const { projectId } = request;
    return startOperation(deps, {
      method: TaskService.method.createTasks,
      request,
      context,
      admit: async () => {
        const access = await projects.access(projectId, context);
        permitUnlessArchived(access, access.management);
        const present = await store.countTasks(projectId);
        if (present !== undefined) throw tasksExist(projectId, present);
        return { area: toBinary(MultiPolygonSchema, await projects.area(projectId, context)) };
      },
    });
  };
}

/** What the contract says in words. */
function checkFields({ zoom, taskCount, sizeMetres, areas }: CreateTasksRequest): void {
  const stated = [zoom, taskCount, sizeMetres, areas.length || undefined].filter(
    (it) => it !== undefined,
  ).length;
  if (stated === 1) return;
  const description = "exactly one of zoom, task_count, size_metres and areas must be stated";
  throw fieldInvalid([{ field: "zoom", description, rule: "create.one_of" }]);
}
