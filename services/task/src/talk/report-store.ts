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

/** The most projects that may have a report of the same tool and id. More are not looked at. */
const SAME_MAX = 100;

/** The reports that a tool sent under an id: at most one for each project; of one project, or of all, with one first. */
export async function reportsBySource(
  sql: Sql,
  { source, externalId }: { source: string; externalId: string },
  projectId: number | undefined,
  firstProjectId = 0,
): Promise<Report[]> {
  const rows = await sql<Row[]>`
    select * from reports
    where source = ${source} and external_id = ${externalId} and source <> '' and external_id <> '' and owns_id
      ${projectId === undefined ? sql`` : sql`and project_id = ${projectId}`}
    order by project_id <> ${firstProjectId}, project_id limit ${SAME_MAX}`;
  return rows.map(reportOf);
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
