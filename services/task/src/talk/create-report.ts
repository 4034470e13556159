import type { HandlerContext } from "@connectrpc/connect";
import type { Access } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { Reason as ProjectReason } from "@tessera/contracts/tessera/project/v1/reason_pb.ts";
import type { Report } from "@tessera/contracts/tessera/task/v1/report_pb.ts";
import {
  type CreateReportRequest,
  ReportService,
} from "@tessera/contracts/tessera/task/v1/report_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import { referredBy } from "@tessera/rpc/reference.ts";
import { withFields } from "@tessera/rpc/validation/validation.ts";
import type { Deps } from "../deps.ts";
import { noTaskAtPoint } from "../refusals.ts";
import { type Known, writtenAt } from "../tasks/task.ts";
import { tasksAt } from "../tasks/tasks-at.ts";
import { visible } from "../tasks/visible.ts";
import type { WholeTask } from "../tasks/whole-task.ts";
import { report, reportAgain, reportedTask } from "./report.ts";
import { spend } from "./spend.ts";

/** Implements tessera.task.v1.ReportService.CreateReport. */
export const createReport = (deps: Deps) => {
  const { store, projects, mutex } = deps;
  const method = ReportService.method.createReport;
  return command(
    method,
    async (request, attempt) => {
      const { caller, context } = attempt;
      const details = withFields(request, "longitude", "latitude");
      const known = await store.read(attempt, { taskId: 0 });
      const found = await attempt.once(() => find(deps, details, context));
      // After the task is chosen: a report that changed the choice is seen here.
      const earlier = await earlierOf(deps, request, found?.projectId, context);
      if (earlier !== undefined) {
        const access = await projects.access(earlier.projectId, context);
        const again = reportAgain(await reread(deps, known, earlier), access, earlier, details);
        return store.write(attempt, [again], answerOf(earlier, false));
      }
      if (found === undefined) throw noTaskAtPoint(details);
      const change = report(await reread(deps, known, found), caller, found.access, details);
      attempt.throwIfGone();
      await attempt.once(() => spend(deps, caller.userId, "reports"));
      return store.write(attempt, [change], answerOf(change.report, true));
    },
    { again: (_, retry) => mutex(method.name, retry), shownBy: ReportService.method.getReport },
  );
};

function answerOf(report: Report, created: boolean) {
  const { projectId, taskId, reportId, invalidated } = report;
  return {
    name: `projects/${projectId}/tasks/${taskId}/reports/${reportId}`,
    // Of the report, which never changes.
    revision: 1n,
    response: { projectId, taskId, invalidated, created },
    document: (time: Date) => ({ report: created ? writtenAt(report, time) : report }),
  };
}

/** What is known, of another task. */
async function reread(
  { store }: Deps,
  known: Known,
  { projectId, taskId }: Pick<WholeTask, "projectId" | "taskId">,
): Promise<Known> {
  const tasks = await store.readTasks(projectId, [taskId]);
  return { ...known, projectId, taskId, task: tasks.get(taskId) };
}

/** What the tool sent before under the same id, in a project that the caller may see: the project found before others. */
async function earlierOf(
  { store, projects }: Deps,
  { source, externalId, projectId }: CreateReportRequest,
  foundId: number | undefined,
  context: HandlerContext,
): Promise<Report | undefined> {
  if (source === undefined || externalId === undefined) return undefined;
  const reports = await store.reportsBySource({ source, externalId }, projectId, foundId);
  const seen = await Promise.all(reports.map((it) => visible(projects, it.projectId, context)));
  return reports.find((_, place) => seen[place]);
}

/** The task that a report at a point is about, in an open project first; undefined if there is none. */
async function find(deps: Deps, point: Parameters<typeof tasksAt>[1], context: HandlerContext) {
  const there = await referredBy("project_id", tasksAt(deps, point, context));
  const accesses = new Map<number, Access>();
  for (const { projectId } of there) accesses.set(projectId, await deps.projects.access(projectId, context));
  const isOpen = ({ projectId }: WholeTask) =>
    accesses.get(projectId)?.mapping?.reason !== ProjectReason.PROJECT_ARCHIVED;
  const task = reportedTask(there.filter(isOpen)) ?? reportedTask(there);
  const access = task && accesses.get(task.projectId);
  return task && access && { projectId: task.projectId, taskId: task.taskId, access };
}
