import { toBinary } from "@bufbuild/protobuf";
import { MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { startOperation } from "../operations/start-operation.ts";
import { permitUnlessArchived } from "../refusals.ts";

/** Implements tessera.task.v1.TaskService.ReconcileTasks. */
export const reconcileTasks = (deps: Deps) => {
  const { store, projects } = deps;
  const method = TaskService.method.reconcileTasks;
  return command(method, async (request, attempt) => {
    const { projectId } = request;
    await store.replayIfDone(attempt);
    const access = await projects.access(projectId, attempt.context);
    permitUnlessArchived(access, access.management);
    const now = await projects.areaNow(projectId, attempt.context);
    return startOperation(deps, attempt, method, request, {
      area: toBinary(MultiPolygonSchema, now.area),
      areaRevision: now.revision,
      priorityAreas: now.priorityAreas && toBinary(MultiPolygonSchema, now.priorityAreas),
    });
  });
};
