import type { MethodImpl } from "@connectrpc/connect";
import type { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import type { Deps } from "../deps.ts";
import { submissionNotFound } from "../refusals.ts";

/** Implements tessera.task.v1.TaskService.GetSubmission. */
export function getSubmission({
  store,
  projects,
}: Deps): MethodImpl<typeof TaskService.method.getSubmission> {
  return async ({ projectId, taskId, submissionId }, context) => {
    await projects.access(projectId, context);
    const submission = await store.getSubmission(projectId, taskId, submissionId);
    if (submission === undefined) throw submissionNotFound(projectId, taskId, submissionId);
    return { submission };
  };
}
