import { PROJECT } from "../tasks/task-address.ts";
import type { Routes } from "../visits/routes.ts";
import { lockChosen } from "./lock-chosen.ts";
import { submitDecided } from "./submit-decided.ts";
import { showValidation } from "./validation-page.ts";

/** Validation of several tasks: those that wait, and those that the reader holds. */
export const VALIDATION: Routes = {
  pages: [
    { path: "/console/projects/:project_id{[0-9]+}/validation", show: showValidation },
    { path: `${PROJECT}/validation-queue`, show: showValidation },
  ],
  acts: [
    { method: "POST", path: `${PROJECT}/locks`, act: lockChosen, page: showValidation },
    { method: "POST", path: `${PROJECT}/submissions`, act: submitDecided, page: showValidation },
  ],
};
