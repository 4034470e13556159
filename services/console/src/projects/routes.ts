import type { Routes } from "../visits/routes.ts";
import { showProjects } from "./project-list-page.ts";
import { showProject } from "./project-page.ts";

/** A project's path. */
const PROJECT = "/v1/projects/:project_id{[0-9]+}";

/** Projects: search, and what each is about. */
export const PROJECTS: Routes = {
  pages: [
    { path: "/v1/projects", show: showProjects },
    { path: PROJECT, show: showProject },
  ],
};
