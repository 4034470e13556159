import type { Routes } from "../visits/routes.ts";
import { showActivity } from "./activity-page.ts";
import { showChanges } from "./changes-page.ts";
import { showContributors } from "./contributors-page.ts";
import { markFavourite } from "./mark-favourite.ts";
import { showProjects } from "./project-list-page.ts";
import { showProject } from "./project-page.ts";
import { unmarkFavourite } from "./unmark-favourite.ts";

/** A project's path. */
const PROJECT = "/v1/projects/:project_id{[0-9]+}";
const FAVOURITE = "/v1/users/me/favourites/:project_id{[0-9]+}";

/** Projects: search, and what each is about. */
export const PROJECTS: Routes = {
  pages: [
    { path: "/v1/projects", show: showProjects },
    { path: PROJECT, show: showProject },
    { path: `${PROJECT}/task-events`, show: showActivity },
    { path: `${PROJECT}/project-events`, show: showChanges },
    { path: `${PROJECT}/contributors`, show: showContributors },
  ],
  acts: [
    { method: "PUT", path: FAVOURITE, act: markFavourite, page: showProject },
    { method: "DELETE", path: FAVOURITE, act: unmarkFavourite, page: showProject },
  ],
};
