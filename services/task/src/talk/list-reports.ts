import type { MethodImpl } from "@connectrpc/connect";
import {
  ListReportsRequestSchema,
  type ReportService,
} from "@tessera/contracts/tessera/task/v1/report_service_pb.ts";
import type { Deps } from "../deps.ts";
import { GREATEST, pageOf, withinKey, withinOf } from "../page.ts";

/** Implements tessera.task.v1.ReportService.ListReports. */
export function listReports({ store, projects }: Deps): MethodImpl<typeof ReportService.method.listReports> {
  return async (request, context) => {
    const { projectId, taskId } = request;
    await projects.access(projectId, context);
    const { items, nextPageToken } = await pageOf(ListReportsRequestSchema, request, {
      read: (after, limit) => store.listReports(projectId, taskId, withinOf(after), limit),
      keyOf: (it) => withinKey(it.taskId, it.reportId),
      greatest: GREATEST.within,
    });
    return { reports: items, nextPageToken };
  };
}
