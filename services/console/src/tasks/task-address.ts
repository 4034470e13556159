import type { Visit } from "../visits/visit.ts";

/** The path of a task, with its variables. */
export const TASK = "/v1/projects/:project_id{[0-9]+}/tasks/:task_id{[0-9]+}";
/** The path of a project, with its variable. */
export const PROJECT = "/v1/projects/:project_id{[0-9]+}";

/** The numbers that say which task. */
export interface TaskAddress {
  projectId: number;
  taskId: number;
}

/** Which task a page or a form is about. */
export function taskOf({ params }: Pick<Visit, "params">): TaskAddress {
  return { projectId: Number(params.project_id), taskId: Number(params.task_id) };
}

/** Where a task lies. */
export function taskPath({ projectId, taskId }: TaskAddress): string {
  return `/v1/projects/${projectId}/tasks/${taskId}`;
}

/** The page of what a person holds. */
export const MY_WORK = "/v1/users/me/locks";

/** The page to which a form of a task leads back: the task's own, or the one of all that the person holds. */
export function pageAfter({ params, form }: Pick<Visit, "params" | "form">): string {
  return form.text("from") === "my-work" ? MY_WORK : taskPath(taskOf({ params }));
}
