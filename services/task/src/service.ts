import type { ServiceImpl } from "@connectrpc/connect";
import type { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { createTasks } from "./create-tasks.ts";
import type { Deps } from "./deps.ts";
import { extendLock } from "./extend-lock.ts";
import { getLock } from "./get-lock.ts";
import { getProgress } from "./get-progress.ts";
import { getSubmission } from "./get-submission.ts";
import { getTask } from "./get-task.ts";
import { listTaskEvents } from "./list-task-events.ts";
import { listTasks } from "./list-tasks.ts";
import { lockTask } from "./lock-task.ts";
import { releaseLock } from "./release-lock.ts";
import { streamTasks } from "./stream-tasks.ts";
import { submitTask } from "./submit-task.ts";
import { watchTaskEvents } from "./watch-task-events.ts";

/** tessera.task.v1.TaskService. */
export function taskService(deps: Deps): ServiceImpl<typeof TaskService> {
  return {
    createTasks: createTasks(deps),
    getTask: getTask(deps),
    listTasks: listTasks(deps),
    streamTasks: streamTasks(deps),
    lockTask: lockTask(deps),
    getLock: getLock(deps),
    extendLock: extendLock(deps),
    releaseLock: releaseLock(deps),
    submitTask: submitTask(deps),
    getSubmission: getSubmission(deps),
    getProgress: getProgress(deps),
    listTaskEvents: listTaskEvents(deps),
    watchTaskEvents: watchTaskEvents(deps),
  };
}
