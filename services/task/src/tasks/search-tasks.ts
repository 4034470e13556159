import type { MethodImpl } from "@connectrpc/connect";
import type { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { withFields } from "@tessera/rpc/validation/validation.ts";
import type { Deps } from "../deps.ts";
import { tasksAt } from "./tasks-at.ts";

/** Implements tessera.task.v1.TaskService.SearchTasks. */
export function searchTasks(deps: Deps): MethodImpl<typeof TaskService.method.searchTasks> {
  return async (request, context) => ({
    tasks: await tasksAt(deps, withFields(request, "longitude", "latitude"), context),
  });
}
