import type { ServiceImpl } from "@connectrpc/connect";
import type { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import type { Deps } from "../deps.ts";
import { getTask } from "../lists/get-task.ts";
import { listTasks } from "../lists/list-tasks.ts";
import { streamTasks } from "../lists/stream-tasks.ts";
import { getValidationQueue } from "../locks/get-validation-queue.ts";
import { batchUpdateTasks } from "../operations/batch-update-tasks.ts";
import { createTasks } from "../operations/create-tasks.ts";
import { previewTasks } from "../operations/preview-tasks.ts";
import { streamTaskPreview } from "../operations/stream-task-preview.ts";
import { getProgress } from "../progress/get-progress.ts";
import { reconcileTasks } from "../reconciling/reconcile-tasks.ts";
import { listSubtasks } from "./list-subtasks.ts";
import { searchTasks } from "./search-tasks.ts";
import { splitTask } from "./split-task.ts";

/** Implements tessera.task.v1.TaskService. */
export function taskService(deps: Deps): ServiceImpl<typeof TaskService> {
  return {
    createTasks: createTasks(deps),
    previewTasks: previewTasks(deps),
    streamTaskPreview: streamTaskPreview(deps),
    getTask: getTask(deps),
    listTasks: listTasks(deps),
    streamTasks: streamTasks(deps),
    splitTask: splitTask(deps),
    listSubtasks: listSubtasks(deps),
    batchUpdateTasks: batchUpdateTasks(deps),
    reconcileTasks: reconcileTasks(deps),
    getProgress: getProgress(deps),
    getValidationQueue: getValidationQueue(deps),
    searchTasks: searchTasks(deps),
  };
}
