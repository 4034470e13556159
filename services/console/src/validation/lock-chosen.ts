import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import { fieldInvalid } from "@tessera/rpc/validation/validation.ts";
import { MY_WORK, taskPath } from "../tasks/task-address.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { VALIDATION_TEXTS } from "./texts.ts";
import { sentFrom } from "./validation-path.ts";

/** Locks the tasks that were chosen, for validation or, in the table of all tasks, for mapping: all of them, or none. */
export async function lockChosen({ ask, form, params, language }: Visit): Promise<Done> {
  const projectId = Number(params.project_id);
  const taskIds = form.all("task_ids").map(Number);
  if (taskIds.length === 0) {
    const description = VALIDATION_TEXTS(language).nothingChosen;
    throw fieldInvalid([{ field: "task_ids", description, rule: "repeated.min_items" }]);
  }
  const requestId = form.text("_request_id");
  const purpose =
    form.text("purpose") === "LOCK_PURPOSE_MAPPING" ? LockPurpose.MAPPING : LockPurpose.VALIDATION;
  await ask(LockService.method.lockTasks, {
    requestId,
    projectId,
    taskIds,
    purpose,
    secondCheck: form.has("second_check"),
  });
  if (purpose === LockPurpose.MAPPING) {
    const [taskId = 0] = taskIds;
    return { see: taskIds.length === 1 ? taskPath({ projectId, taskId }) : MY_WORK, notice: "tasksTaken" };
  }
  return { see: sentFrom(projectId, form) };
}
