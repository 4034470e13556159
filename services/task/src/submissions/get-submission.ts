import type { MethodImpl } from "@connectrpc/connect";
import type { SubmissionService } from "@tessera/contracts/tessera/task/v1/submission_service_pb.ts";
import type { Deps } from "../deps.ts";
import { submissionNotFound } from "../refusals.ts";

/** Implements tessera.task.v1.SubmissionService.GetSubmission. */
export function getSubmission({
  store,
  projects,
}: Deps): MethodImpl<typeof SubmissionService.method.getSubmission> {
  return async ({ projectId, taskId, submissionId }, context) => {
    await projects.access(projectId, context);
    const submission = await store.getSubmission(projectId, taskId, submissionId);
    if (submission === undefined) throw submissionNotFound(projectId, taskId, submissionId);
    return { submission };
  };
}
