import type { MethodImpl } from "@connectrpc/connect";
import type { ReportService } from "@tessera/contracts/tessera/task/v1/report_service_pb.ts";
import type { Deps } from "../deps.ts";
import { reportNotFound } from "../refusals.ts";

/** Implements tessera.task.v1.ReportService.GetReport. */
export function getReport({ store, projects }: Deps): MethodImpl<typeof ReportService.method.getReport> {
  return async ({ projectId, taskId, reportId }, context) => {
    await projects.access(projectId, context);
    const report = await store.getReport(projectId, taskId, reportId);
    if (report === undefined) throw reportNotFound(projectId, taskId, reportId);
    return { report };
  };
}
