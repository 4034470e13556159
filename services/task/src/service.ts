import type { ServiceImpl } from "@connectrpc/connect";
import type { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { assignTask } from "./assign-task.ts";
import { cancelOperation } from "./cancel-operation.ts";
import { changeTasks } from "./change-tasks.ts";
import { claimTask } from "./claim-task.ts";
import { createComment } from "./create-comment.ts";
import { createTasks } from "./create-tasks.ts";
import type { Deps } from "./deps.ts";
import { extendLock } from "./extend-lock.ts";
import { findTasks } from "./find-tasks.ts";
import { fitTasks } from "./fit-tasks.ts";
import { getAssignment } from "./get-assignment.ts";
import { getComment } from "./get-comment.ts";
import { getLock } from "./get-lock.ts";
import { getOperation } from "./get-operation.ts";
import { getProgress } from "./get-progress.ts";
import { getReport } from "./get-report.ts";
import { getSubmission } from "./get-submission.ts";
import { getTask } from "./get-task.ts";
import { listAssignments } from "./list-assignments.ts";
import { listComments } from "./list-comments.ts";
import { listContributions } from "./list-contributions.ts";
import { listContributors } from "./list-contributors.ts";
import { listHeldLocks } from "./list-held-locks.ts";
import { listLocks } from "./list-locks.ts";
import { listOperations } from "./list-operations.ts";
import { listReports } from "./list-reports.ts";
import { listSubmissions } from "./list-submissions.ts";
import { listSubtasks } from "./list-subtasks.ts";
import { listTaskEvents } from "./list-task-events.ts";
import { listTasks } from "./list-tasks.ts";
import { lockTask } from "./lock-task.ts";
import { lockTasks } from "./lock-tasks.ts";
import { releaseLock } from "./release-lock.ts";
import { releaseLocks } from "./release-locks.ts";
import { reportIssue } from "./report-issue.ts";
import { splitTask } from "./split-task.ts";
import { streamTasks } from "./stream-tasks.ts";
import { submitTask } from "./submit-task.ts";
import { submitTasks } from "./submit-tasks.ts";
import { unassignTask } from "./unassign-task.ts";
import { undoTask } from "./undo-task.ts";
import { waitOperation } from "./wait-operation.ts";
import { watchOperation } from "./watch-operation.ts";
import { watchTaskEvents } from "./watch-task-events.ts";
import { watchedOperations } from "./watched-operations.ts";

/** tessera.task.v1.TaskService. */
export function taskService(deps: Deps): ServiceImpl<typeof TaskService> {
  const watched = watchedOperations(deps.store.getOperations);
  return {
    createTasks: createTasks(deps),
    getTask: getTask(deps),
    listTasks: listTasks(deps),
    streamTasks: streamTasks(deps),
    lockTask: lockTask(deps),
    lockTasks: lockTasks(deps),
    claimTask: claimTask(deps),
    getLock: getLock(deps),
    listLocks: listLocks(deps),
    listHeldLocks: listHeldLocks(deps),
    extendLock: extendLock(deps),
    releaseLock: releaseLock(deps),
    releaseLocks: releaseLocks(deps),
    submitTask: submitTask(deps),
    submitTasks: submitTasks(deps),
    getSubmission: getSubmission(deps),
    listSubmissions: listSubmissions(deps),
    undoTask: undoTask(deps),
    splitTask: splitTask(deps),
    listSubtasks: listSubtasks(deps),
    assignTask: assignTask(deps),
    getAssignment: getAssignment(deps),
    unassignTask: unassignTask(deps),
    listAssignments: listAssignments(deps),
    createComment: createComment(deps),
    getComment: getComment(deps),
    listComments: listComments(deps),
    changeTasks: changeTasks(deps),
    fitTasks: fitTasks(deps),
    getOperation: getOperation(deps),
    listOperations: listOperations(deps),
    waitOperation: waitOperation(deps, watched),
    watchOperation: watchOperation(deps, watched),
    cancelOperation: cancelOperation(deps),
    getProgress: getProgress(deps),
    listContributors: listContributors(deps),
    listContributions: listContributions(deps),
    findTasks: findTasks(deps),
    reportIssue: reportIssue(deps),
    getReport: getReport(deps),
    listReports: listReports(deps),
    listTaskEvents: listTaskEvents(deps),
    watchTaskEvents: watchTaskEvents(deps),
  };
}
