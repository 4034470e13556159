import { MY_WORK, PROJECT } from "../tasks/task-address.ts";
import type { Routes } from "../visits/routes.ts";
import { changeTasks, changeTicked } from "./change-tasks.ts";
import { showMyWork } from "./my-work-page.ts";
import { showTaskChange } from "./task-change-page.ts";
import { showTasks } from "./task-list-page.ts";

const CHANGES = "/console/projects/:project_id{[0-9]+}/task-changes";

/** The tasks of a project, and what a person holds of all projects. */
export const WORK: Routes = {
  pages: [
    { path: `${PROJECT}/tasks`, show: showTasks },
    { path: MY_WORK, show: showMyWork },
    { path: CHANGES, show: showTaskChange },
  ],
  acts: [
    { method: "POST", path: `${PROJECT}/task-changes`, act: changeTasks, page: showTaskChange },
    { method: "POST", path: CHANGES, act: changeTicked, page: showTasks },
  ],
};
