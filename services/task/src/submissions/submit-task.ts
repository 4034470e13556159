import { SubmissionService } from "@tessera/contracts/tessera/task/v1/submission_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { exclusively } from "../tasks/exclusively.ts";
import { writtenAt } from "../tasks/task.ts";
import { submit } from "./submission.ts";

/** Implements tessera.task.v1.SubmissionService.SubmitTask. */
export const submitTask = ({ store, projects, mutex }: Deps) =>
  command(
    SubmissionService.method.submitTask,
    async (request, attempt) => {
      const { projectId, taskId } = request;
      const known = await store.read(attempt, { taskId });
      const access = await attempt.once(() => projects.access(projectId, attempt.context));
      const change = submit(known, attempt.caller, access, request);
      const { submission } = change;
      return store.write(attempt, [change], {
        name: `projects/${projectId}/tasks/${taskId}/submissions/${change.task.submissionCount}`,
        // Of the submission, which never changes.
        revision: 1n,
        document: (time) => ({ ...(submission && { submission: writtenAt(submission, time) }) }),
      });
    },
    { again: exclusively(mutex), shownBy: SubmissionService.method.getSubmission },
  );
