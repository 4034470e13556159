import type { Routes } from "../visits/routes.ts";
import { lockTask } from "./lock-task.ts";
import { showTask } from "./task-page.ts";

const TASK = "/v1/projects/:project_id{[0-9]+}/tasks/:task_id{[0-9]+}";

/** One task: its lock, and the work on it. */
export const TASKS: Routes = {
  pages: [{ path: TASK, show: showTask }],
  acts: [{ method: "PUT", path: `${TASK}/lock`, act: lockTask, page: showTask }],
};
