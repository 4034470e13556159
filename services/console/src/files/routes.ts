import type { Routes } from "../visits/routes.ts";
import { giveProjectFile, giveTaskFile } from "./give-file.ts";

const PROJECT = "/console/projects/:project_id{[0-9]+}";

/** Files to download, in the name of who is signed in. */
export const FILES: Routes = {
  gives: [
    { path: `${PROJECT}/files/:of{[a-z]+}/:form{[a-z]+}`, give: giveProjectFile },
    { path: `${PROJECT}/tasks/:task_id{[0-9]+}/files/:form{[a-z]+}`, give: giveTaskFile },
  ],
};
