import type { HandlerContext } from "@connectrpc/connect";
import type { Access } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { Reason as ProjectReason } from "@tessera/contracts/tessera/project/v1/reason_pb.ts";
import { ReportService } from "@tessera/contracts/tessera/task/v1/report_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import { referredBy } from "@tessera/rpc/reference.ts";
import { withFields } from "@tessera/rpc/validation/validation.ts";
import type { Deps } from "../deps.ts";
import { noTaskAtPoint } from "../refusals.ts";
import { writtenAt } from "../tasks/task.ts";
import { tasksAt } from "../tasks/tasks-at.ts";
import type { WholeTask } from "../tasks/whole-task.ts";
import { report, reportedTask } from "./report.ts";
import { spend } from "./spend.ts";

/** Implements tessera.task.v1.ReportService.CreateReport. */
export const createReport = (deps: Deps) => {
  const { store, mutex } = deps;
  const method = ReportService.method.createReport;
  return command(
    method,
    async (request, attempt) => {
      const { caller, context } = attempt;
      const details = withFields(request, "longitude", "latitude");
      const known = await store.read(attempt, { taskId: 0 });
      const { projectId, taskId, access } = await attempt.once(() => find(deps, details, context));
      const task = (await store.readTasks(projectId, [taskId])).get(taskId);
      const change = report({ ...known, projectId, taskId, task }, caller, access, details);
      const { report: recorded } = change;
      attempt.throwIfGone();
      await attempt.once(() => spend(deps, caller.userId, "reports"));
      return store.write(attempt, [change], {
        name: `projects/${projectId}/tasks/${taskId}/reports/${change.task.reportCount}`,
        // Of the report, which never changes.
        revision: 1n,
        response: { projectId, taskId, invalidated: recorded?.invalidated ?? false },
        document: (time) => ({ ...(recorded && { report: writtenAt(recorded, time) }) }),
      });
    },
    { again: (_, retry) => mutex(method.name, retry), shownBy: ReportService.method.getReport },
  );
};

/** Finds the task that a report at a point is about, in an open project first. Refuses NO_TASK_AT_POINT. */
async function find(deps: Deps, point: Parameters<typeof tasksAt>[1], context: HandlerContext) {
  const there = await referredBy("project_id", tasksAt(deps, point, context));
  const accesses = new Map<number, Access>();
  for (const { projectId } of there) accesses.set(projectId, await deps.projects.access(projectId, context));
  const isOpen = ({ projectId }: WholeTask) =>
    accesses.get(projectId)?.mapping?.reason !== ProjectReason.PROJECT_ARCHIVED;
  const task = reportedTask(there.filter(isOpen)) ?? reportedTask(there);
  const access = task && accesses.get(task.projectId);
  if (task === undefined || access === undefined) throw noTaskAtPoint(point);
  return { projectId: task.projectId, taskId: task.taskId, access };
}
