import type { MethodImpl } from "@connectrpc/connect";
import type { Access } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { Reason as ProjectReason } from "@tessera/contracts/tessera/project/v1/reason_pb.ts";
import { ReportService } from "@tessera/contracts/tessera/task/v1/report_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { referredBy } from "@tessera/rpc/reference.ts";
import { withFields } from "@tessera/rpc/validation/validation.ts";
import type { Deps } from "../deps.ts";
import { noTaskAtPoint } from "../refusals.ts";
import { tasksAt } from "../tasks/tasks-at.ts";
import type { WholeTask } from "../tasks/whole-task.ts";
import { report, reportedTask } from "./report.ts";
import { spend } from "./spend.ts";

/** Implements tessera.task.v1.ReportService.ReportIssue. */
export function reportIssue(deps: Deps): MethodImpl<typeof ReportService.method.reportIssue> {
  const { store, projects } = deps;
  return (request, context) => {
    const told = withFields(request, "longitude", "latitude");
    return store.changeFoundTask({
      method: ReportService.method.reportIssue,
      request,
      context,
      find: async () => {
        const there = await referredBy("project_id", tasksAt(deps, told, context));
        const accesses = new Map<number, Access>();
        for (const { projectId } of there) accesses.set(projectId, await projects.access(projectId, context));
        const isOpen = ({ projectId }: WholeTask) =>
          accesses.get(projectId)?.mapping?.reason !== ProjectReason.PROJECT_ARCHIVED;
        const task = reportedTask(there.filter(isOpen)) ?? reportedTask(there);
        const access = task && accesses.get(task.projectId);
        if (task === undefined || access === undefined) throw noTaskAtPoint(told);
        return { task, access };
      },
      spend: () => spend(deps, callerOf(context).userId, "reports"),
      decide: (known, access) => report(known, callerOf(context), access, told),
      answer: ({ task, report: recorded }) => ({
        name: `projects/${task.projectId}/tasks/${task.taskId}/reports/${task.reportCount}`,
        // Of the report, which never changes.
        revision: 1n,
        response: {
          projectId: task.projectId,
          taskId: task.taskId,
          invalidated: recorded?.invalidated ?? false,
        },
      }),
    });
  };
}
