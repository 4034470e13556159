import type { ServiceImpl } from "@connectrpc/connect";
import type { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { assignTask } from "./assignments/assign-task.ts";
import { getAssignment } from "./assignments/get-assignment.ts";
import { listAssignments } from "./assignments/list-assignments.ts";
import { unassignTask } from "./assignments/unassign-task.ts";
import { listContributions } from "./contributions/list-contributions.ts";
import { listContributors } from "./contributions/list-contributors.ts";
import type { Deps } from "./deps.ts";
import { listTaskEvents } from "./events/list-task-events.ts";
import { watchTaskEvents } from "./events/watch-task-events.ts";
import { fitTasks } from "./fitting/fit-tasks.ts";
import { claimTask } from "./locks/claim-task.ts";
import { extendLock } from "./locks/extend-lock.ts";
import { getLock } from "./locks/get-lock.ts";
import { listHeldLocks } from "./locks/list-held-locks.ts";
import { listLocks } from "./locks/list-locks.ts";
import { lockTask } from "./locks/lock-task.ts";
import { lockTasks } from "./locks/lock-tasks.ts";
import { releaseLock } from "./locks/release-lock.ts";
import { releaseLocks } from "./locks/release-locks.ts";
import { cancelOperation } from "./operations/cancel-operation.ts";
import { changeTasks } from "./operations/change-tasks.ts";
import { createTasks } from "./operations/create-tasks.ts";
import { getOperation } from "./operations/get-operation.ts";
import { listOperations } from "./operations/list-operations.ts";
import { waitOperation } from "./operations/wait-operation.ts";
import { watchOperation } from "./operations/watch-operation.ts";
import { watchedOperations } from "./operations/watched-operations.ts";
import { getSubmission } from "./submissions/get-submission.ts";
import { listSubmissions } from "./submissions/list-submissions.ts";
import { submitTask } from "./submissions/submit-task.ts";
import { submitTasks } from "./submissions/submit-tasks.ts";
import { undoTask } from "./submissions/undo-task.ts";
import { createComment } from "./talk/create-comment.ts";
import { getComment } from "./talk/get-comment.ts";
import { getReport } from "./talk/get-report.ts";
import { listComments } from "./talk/list-comments.ts";
import { listReports } from "./talk/list-reports.ts";
import { reportIssue } from "./talk/report-issue.ts";
import { findTasks } from "./tasks/find-tasks.ts";
import { getProgress } from "./tasks/get-progress.ts";
import { getTask } from "./tasks/get-task.ts";
import { listSubtasks } from "./tasks/list-subtasks.ts";
import { listTasks } from "./tasks/list-tasks.ts";
import { splitTask } from "./tasks/split-task.ts";
import { streamTasks } from "./tasks/stream-tasks.ts";

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
