import type { ServiceImpl } from "@connectrpc/connect";
import type { ReportService } from "@tessera/contracts/tessera/task/v1/report_service_pb.ts";
import type { Deps } from "../deps.ts";
import { createReport } from "./create-report.ts";
import { getReport } from "./get-report.ts";
import { listReports } from "./list-reports.ts";

/** Implements tessera.task.v1.ReportService. */
export function reportService(deps: Deps): ServiceImpl<typeof ReportService> {
  return {
    createReport: createReport(deps),
    getReport: getReport(deps),
    listReports: listReports(deps),
  };
}
