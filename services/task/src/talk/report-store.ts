import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { type Report, ReportSchema } from "@tessera/contracts/tessera/task/v1/report_pb.ts";
import type { Sql } from "@tessera/postgres/pool.ts";
import type { Within } from "../submissions/store.ts";

interface Row {
  project_id: number;
  task_id: number;
  report_id: number;
  user_id: bigint;
  longitude: number;
  latitude: number;
  category: string;
  description: string;
  source: string;
  external_id: string;
  invalidated: boolean;
  create_time: Date;
}

export async function getReport(
  sql: Sql,
  projectId: number,
  taskId: number,
  reportId: number,
): Promise<Report | undefined> {
  const [row] = await sql<Row[]>`
    select * from reports
    where project_id = ${projectId} and task_id = ${taskId} and report_id = ${reportId}`;
  return row && reportOf(row);
}

/** What was reported, by task and number; of one task, or of all. */
export async function listReports(
  sql: Sql,
  projectId: number,
  taskId: number | undefined,
  after: Within,
  limit: number,
): Promise<Report[]> {
  const rows = await sql<Row[]>`
    select * from reports
    where project_id = ${projectId} ${taskId === undefined ? sql`` : sql`and task_id = ${taskId}`}
      and (task_id, report_id) > (${after.taskId}, ${after.number})
    order by task_id, report_id limit ${limit}`;
  return rows.map(reportOf);
}

function reportOf(row: Row): Report {
  return create(ReportSchema, {
    projectId: row.project_id,
    taskId: row.task_id,
    reportId: row.report_id,
    userId: row.user_id,
    longitude: row.longitude,
    latitude: row.latitude,
    category: row.category,
    description: row.description,
    source: row.source || undefined,
    externalId: row.external_id || undefined,
    invalidated: row.invalidated,
    createTime: timestampFromDate(row.create_time),
    revision: 1n,
  });
}
