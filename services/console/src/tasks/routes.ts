import type { Routes } from "../visits/routes.ts";
import { assignTask } from "./assign-task.ts";
import { claimTask, showUnclaimed } from "./claim-task.ts";
import { createComment } from "./create-comment.ts";
import { deleteComment } from "./delete-comment.ts";
import { extendLock } from "./extend-lock.ts";
import { giveEditor } from "./give-editor.ts";
import { lockTask } from "./lock-task.ts";
import { releaseLock } from "./release-lock.ts";
import { splitTask } from "./split-task.ts";
import { submitTask } from "./submit-task.ts";
import { PROJECT, TASK } from "./task-address.ts";
import { showTask } from "./task-page.ts";
import { unassignTask } from "./unassign-task.ts";
import { undoTask } from "./undo-task.ts";

const EDITOR = "/console/projects/:project_id{[0-9]+}/tasks/:task_id{[0-9]+}/editors/:editor{[a-z]+}";

/** Tasks: the page of each, and the work on them. */
export const TASKS: Routes = {
  pages: [{ path: TASK, show: showTask }],
  gives: [{ path: EDITOR, give: giveEditor }],
  acts: [
    { method: "PUT", path: `${TASK}/lock`, act: lockTask, page: showTask },
    { method: "PATCH", path: `${TASK}/lock`, act: extendLock, page: showTask },
    { method: "DELETE", path: `${TASK}/lock`, act: releaseLock, page: showTask },
    { method: "POST", path: `${TASK}/submissions`, act: submitTask, page: showTask },
    { method: "POST", path: `${TASK}/subtasks`, act: splitTask, page: showTask },
    { method: "POST", path: `${TASK}/undos`, act: undoTask, page: showTask },
    { method: "POST", path: `${TASK}/comments`, act: createComment, page: showTask },
    { method: "DELETE", path: `${TASK}/comments/:comment_id{[0-9]+}`, act: deleteComment, page: showTask },
    { method: "PUT", path: `${TASK}/assignment`, act: assignTask, page: showTask },
    { method: "DELETE", path: `${TASK}/assignment`, act: unassignTask, page: showTask },
    { method: "POST", path: `${PROJECT}/claims`, act: claimTask, page: showUnclaimed },
  ],
};
