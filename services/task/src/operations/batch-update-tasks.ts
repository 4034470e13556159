import { toBinary } from "@bufbuild/protobuf";
import { MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import {
  type BatchUpdateTasksRequest,
  TaskAction,
  TaskService,
} from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import { fieldInvalid, required, withFields } from "@tessera/rpc/validation/validation.ts";
import type { Deps } from "../deps.ts";
import { permitUnlessArchived, tooManyTasksInProject } from "../refusals.ts";
import { startOperation } from "./start-operation.ts";

/** A task is split into this many parts at least. */
const LEAST_PARTS = 2;

/** Implements tessera.task.v1.TaskService.BatchUpdateTasks. */
export const batchUpdateTasks = (deps: Deps) => {
  const { store, projects, settings } = deps;
  const method = TaskService.method.batchUpdateTasks;
  return command(method, async (request, attempt) => {
    checkFields(request);
    const { projectId, action } = request;
    await store.replayIfDone(attempt);
    const access = await projects.access(projectId, attempt.context);
    permitUnlessArchived(access, access.management);
    if (action !== TaskAction.SPLIT) return startOperation(deps, attempt, method, request);
    const last = await store.countTasks(projectId);
    if (last !== undefined && last + LEAST_PARTS > settings.tasksMax)
      throw tooManyTasksInProject(settings.tasksMax);
    const area = toBinary(MultiPolygonSchema, await projects.area(projectId, attempt.context));
    return startOperation(deps, attempt, method, request, { area });
  });
};

/** What the contract says in words. */
function checkFields({ action, priority, revertedUserId }: BatchUpdateTasksRequest): void {
  if (action === TaskAction.REVERT_USER) {
    if (revertedUserId === undefined) throw fieldInvalid([required("reverted_user_id")]);
  } else if (revertedUserId !== undefined) {
    const description = "must be absent for this action";
    throw fieldInvalid([{ field: "reverted_user_id", description, rule: "change.reverted_user_id" }]);
  }
  if (action === TaskAction.PRIORITIZE) withFields({ priority }, "priority");
  else if (priority !== undefined) {
    const description = "must be absent for this action";
    throw fieldInvalid([{ field: "priority", description, rule: "change.priority" }]);
  }
}
