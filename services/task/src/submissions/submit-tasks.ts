import { SubmissionService } from "@tessera/contracts/tessera/task/v1/submission_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { refuseTwice } from "../refusals.ts";
import { exclusively } from "../tasks/exclusively.ts";
import { ofListed } from "../tasks/listed-tasks.ts";
import type { Known } from "../tasks/task.ts";
import { submit } from "./submission.ts";

/** Implements tessera.task.v1.SubmissionService.SubmitTasks. */
export const submitTasks = ({ store, projects, mutex }: Deps) =>
  command(
    SubmissionService.method.submitTasks,
    async (request, attempt) => {
      const { projectId, submissions } = request;
      const taskIds = submissions.map(({ taskId }) => taskId);
      const fieldOf = (index: number) => `submissions[${index}].task_id`;
      refuseTwice(taskIds, fieldOf);
      const knowns = await store.readAll(attempt, { taskIds });
      const access = await attempt.once(() => projects.access(projectId, attempt.context));
      const changes = ofListed(taskIds, fieldOf, () =>
        submissions.map((work, index) =>
          submit(knowns[index] as Known, attempt.caller, access, work, `submissions[${index}].issues`),
        ),
      );
      return store.write(attempt, changes, {
        name: `projects/${projectId}/submissions`,
        revision: 0n,
        response: { submissionIds: changes.map(({ task }) => task.submissionCount) },
      });
    },
    {
      again: ({ projectId, submissions: [first] }, retry) =>
        exclusively(mutex)({ projectId, taskId: first?.taskId ?? 0 }, retry),
    },
  );
