import type { MethodImpl } from "@connectrpc/connect";
import { SubmissionService } from "@tessera/contracts/tessera/task/v1/submission_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { submit } from "./submission.ts";

/** Implements tessera.task.v1.SubmissionService.SubmitTask. */
export function submitTask({
  store,
  projects,
}: Deps): MethodImpl<typeof SubmissionService.method.submitTask> {
  return (request, context) =>
    store.changeTask({
      method: SubmissionService.method.submitTask,
      request,
      context,
      ask: () => projects.access(request.projectId, context),
      decide: (known, access) => submit(known, callerOf(context), access, request),
      answer: ({ task }) => ({
        name: `projects/${task.projectId}/tasks/${task.taskId}/submissions/${task.submissionCount}`,
        // Of the submission, which never changes.
        revision: 1n,
      }),
    });
}
