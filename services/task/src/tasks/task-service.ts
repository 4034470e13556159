import type { ServiceImpl } from "@connectrpc/connect";
import type { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import type { Deps } from "../deps.ts";
import { fitTasks } from "../fitting/fit-tasks.ts";
import { changeTasks } from "../operations/change-tasks.ts";
import { createTasks } from "../operations/create-tasks.ts";
import { findTasks } from "./find-tasks.ts";
import { getProgress } from "./get-progress.ts";
import { getTask } from "./get-task.ts";
import { listSubtasks } from "./list-subtasks.ts";
import { listTasks } from "./list-tasks.ts";
import { splitTask } from "./split-task.ts";
import { streamTasks } from "./stream-tasks.ts";

/** Implements tessera.task.v1.TaskService. */
export function taskService(deps: Deps): ServiceImpl<typeof TaskService> {
  return {
    createTasks: createTasks(deps),
    getTask: getTask(deps),
    listTasks: listTasks(deps),
    streamTasks: streamTasks(deps),
    splitTask: splitTask(deps),
    listSubtasks: listSubtasks(deps),
    changeTasks: changeTasks(deps),
    fitTasks: fitTasks(deps),
    getProgress: getProgress(deps),
    findTasks: findTasks(deps),
  };
}
