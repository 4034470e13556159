import type { MethodImpl } from "@connectrpc/connect";
import type { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import type { Deps } from "../deps.ts";
import { progressOf } from "./progress.ts";

/** Implements tessera.task.v1.TaskService.GetProgress. */
export function getProgress({ store, projects }: Deps): MethodImpl<typeof TaskService.method.getProgress> {
  return async ({ projectId }, context) => {
    await projects.access(projectId, context);
    return { progress: progressOf(projectId, await store.countByState(projectId)) };
  };
}
