import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { fieldRefusal } from "../forms/field-refusal.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { actionOf, changeNamed } from "./task-change.ts";
import { filterIn } from "./task-change-page.ts";
import { TASK_CHANGE_TEXTS } from "./task-change-texts.ts";
import { taskFilter } from "./task-filter.ts";

/** Starts to change the tasks that a filter selects, and leads to the page of that work. */
export async function changeTasks({ ask, form, params, language }: Visit): Promise<Done> {
  const name = changeNamed(form.text("action"));
  if (name === undefined) throw fieldRefusal("action", TASK_CHANGE_TEXTS(language).which);
  const revertedUserId = form.bigint("reverted_user_id");
  const { acknowledgement } = await ask(TaskService.method.batchUpdateTasks, {
    requestId: form.text("_request_id"),
    projectId: Number(params.project_id),
    action: actionOf(name),
    filter: taskFilter(filterIn(form.names(), (it) => form.all(it))),
    includeLocked: form.isOn("include_locked"),
    ...(name === "REVERT_USER" && revertedUserId !== undefined && { revertedUserId }),
  });
  return { see: `/v1/${acknowledgement?.name}` };
}

/** Leads to the change of the tasks that are ticked in the table. */
export async function changeTicked({ form, params, language }: Visit): Promise<Done> {
  const taskIds = form.all("task_ids").filter((it) => /^\d{1,9}$/.test(it));
  if (taskIds.length === 0) throw fieldRefusal("task_ids", TASK_CHANGE_TEXTS(language).nothingTicked);
  const filter = filterIn(["filter.task_ids"], () => taskIds);
  return { see: `/console/projects/${Number(params.project_id)}/task-changes?${filter}` };
}
