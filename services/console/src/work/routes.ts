import { MY_WORK, PROJECT } from "../tasks/task-address.ts";
import type { Routes } from "../visits/routes.ts";
import { showMyWork } from "./my-work-page.ts";
import { showTasks } from "./task-list-page.ts";

/** The tasks of a project, and what a person holds of all projects. */
export const WORK: Routes = {
  pages: [
    { path: `${PROJECT}/tasks`, show: showTasks },
    { path: MY_WORK, show: showMyWork },
  ],
};
