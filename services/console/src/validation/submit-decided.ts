import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  type SubmissionResult,
  SubmissionResultSchema,
} from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import {
  SubmissionService,
  type TaskWorkSchema,
} from "@tessera/contracts/tessera/task/v1/submission_service_pb.ts";
import { fieldInvalid } from "@tessera/rpc/validation/validation.ts";
import { issuesIn } from "../tasks/issues.ts";
import { enumValue } from "../visits/enum-value.ts";
import type { FormData } from "../visits/form-data.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { VALIDATION_TEXTS } from "./texts.ts";
import { sentFrom } from "./validation-path.ts";

/** Hands in the tasks with a result: all of them, or none. */
export async function submitDecided({ ask, form, params, language }: Visit): Promise<Done> {
  const projectId = Number(params.project_id);
  const submissions = form.all("task_ids").flatMap((taskId) => workOn(form, taskId));
  if (submissions.length === 0) {
    const description = VALIDATION_TEXTS(language).nothingDecided;
    throw fieldInvalid([{ field: "submissions", description, rule: "repeated.min_items" }]);
  }
  const requestId = form.text("_request_id");
  await ask(SubmissionService.method.submitTasks, { requestId, projectId, submissions });
  return { see: sentFrom(projectId, form), notice: "taskHandedIn" };
}

/** What a form says of one task; nothing if it is not decided. */
function workOn(form: FormData, taskId: string): MessageInitShape<typeof TaskWorkSchema>[] {
  const name = form.text(`${taskId}.result`);
  if (name === "") return [];
  return [
    {
      taskId: Number(taskId),
      lockToken: form.bigint(`${taskId}.lock_token`) ?? 0n,
      result: enumValue<SubmissionResult>(SubmissionResultSchema, name),
      comment: form.text(`${taskId}.comment`),
      issues: issuesIn(form, `${taskId}.`),
    },
  ];
}
