import type { ServiceImpl } from "@connectrpc/connect";
import type { SubmissionService } from "@tessera/contracts/tessera/task/v1/submission_service_pb.ts";
import type { Deps } from "../deps.ts";
import { getSubmission } from "./get-submission.ts";
import { listSubmissions } from "./list-submissions.ts";
import { submitTask } from "./submit-task.ts";
import { submitTasks } from "./submit-tasks.ts";
import { undoTask } from "./undo-task.ts";

/** Implements tessera.task.v1.SubmissionService. */
export function submissionService(deps: Deps): ServiceImpl<typeof SubmissionService> {
  return {
    submitTask: submitTask(deps),
    submitTasks: submitTasks(deps),
    getSubmission: getSubmission(deps),
    listSubmissions: listSubmissions(deps),
    undoTask: undoTask(deps),
  };
}
