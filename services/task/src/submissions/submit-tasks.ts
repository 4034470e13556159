import type { MethodImpl } from "@connectrpc/connect";
import { SubmissionService } from "@tessera/contracts/tessera/task/v1/submission_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { refuseTwice } from "../refusals.ts";
import { ofListed } from "../tasks/listed-tasks.ts";
import { submit } from "./submission.ts";

/** Implements tessera.task.v1.SubmissionService.SubmitTasks. */
export function submitTasks({
  store,
  projects,
}: Deps): MethodImpl<typeof SubmissionService.method.submitTasks> {
  return (request, context) => {
    const taskIds = request.submissions.map(({ taskId }) => taskId);
    refuseTwice(taskIds, (index) => `submissions[${index}].task_id`);
    return store.changeTasks({
      method: SubmissionService.method.submitTasks,
      request,
      context,
      taskIds,
      ask: () => projects.access(request.projectId, context),
      decide: (knowns, access) =>
        ofListed(
          taskIds,
          (index) => `submissions[${index}].task_id`,
          () =>
            request.submissions.map((work, index) =>
              submit(
                knowns[index] as (typeof knowns)[number],
                callerOf(context),
                access,
                work,
                `submissions[${index}].issues`,
              ),
            ),
        ),
      answer: (changes) => ({
        name: `projects/${request.projectId}/submissions`,
        revision: 0n,
        response: { submissionIds: changes.map(({ task }) => task.submissionCount) },
      }),
    });
  };
}
