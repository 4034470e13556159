import { PROJECT } from "../tasks/task-address.ts";
import type { Routes } from "../visits/routes.ts";
import type { Show } from "../visits/visit.ts";
import { showTasks } from "../work/task-list-page.ts";
import { lockChosen } from "./lock-chosen.ts";
import { submitDecided } from "./submit-decided.ts";
import { showValidation } from "./validation-page.ts";

/** The page on which tasks were chosen: the table of all tasks, or the queue. */
const showChosen: Show = (visit) =>
  visit.refused?.form.text("_part") === "table" ? showTasks(visit) : showValidation(visit);

/** Validation of several tasks: those that wait, and those that the reader holds. */
export const VALIDATION: Routes = {
  pages: [
    { path: "/console/projects/:project_id{[0-9]+}/validation", show: showValidation },
    { path: `${PROJECT}/validation-queue`, show: showValidation },
  ],
  acts: [
    { method: "POST", path: `${PROJECT}/locks`, act: lockChosen, page: showChosen },
    { method: "POST", path: `${PROJECT}/submissions`, act: submitDecided, page: showValidation },
  ],
};
