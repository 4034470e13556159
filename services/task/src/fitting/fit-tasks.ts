import { toBinary } from "@bufbuild/protobuf";
import type { MethodImpl } from "@connectrpc/connect";
import { MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import type { Deps } from "../deps.ts";
import { startOperation } from "../operations/start-operation.ts";
import { permitUnlessArchived } from "../refusals.ts";

/** Implements tessera.task.v1.TaskService.FitTasks. */
export function fitTasks(deps: Deps): MethodImpl<typeof TaskService.method.fitTasks> {
  const { projects } = deps;
  return (request, context) => {
    const { projectId } = request;
    return startOperation(deps, {
      method: TaskService.method.fitTasks,
      request,
      context,
      admit: async () => {
        const access = await projects.access(projectId, context);
        permitUnlessArchived(access, access.management);
        const { area, revision } = await projects.areaNow(projectId, context);
        return { area: toBinary(MultiPolygonSchema, area), areaRevision: revision };
      },
    });
  };
}
