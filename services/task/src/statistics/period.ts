import type { ListStatisticsRequest } from "@tessera/contracts/tessera/task/v1/statistics_service_pb.ts";
import { fieldInvalid } from "@tessera/rpc/validation/validation.ts";

type Period = Pick<
  ListStatisticsRequest,
  "fromDate" | "toDate" | "projectId" | "organisationId" | "teamId" | "campaign"
>;

/** Refuses dates that do not exist, a period that ends before it begins, and a project beside another scope. */
export function refusePeriod(request: Period): void {
  const { fromDate, toDate, projectId, organisationId, teamId, campaign } = request;
  for (const [field, date] of [
    ["from_date", fromDate],
    ["to_date", toDate],
  ] as const) {
    if (date === "" || isDay(date)) continue;
    const description = 'must be a day of the years 1970 to 9999, such as "2026-11-23"';
    throw fieldInvalid([{ field, description, rule: "statistics.date" }]);
  }
  if (fromDate !== "" && toDate !== "" && toDate < fromDate) {
    const description = "must not be before from_date";
    throw fieldInvalid([{ field: "to_date", description, rule: "statistics.period" }]);
  }
  if (projectId === undefined) return;
  const field =
    organisationId !== undefined ? "organisation_id" : teamId !== undefined ? "team_id" : "campaign";
  if (organisationId === undefined && teamId === undefined && campaign === "") return;
  throw fieldInvalid([{ field, description: "must be absent beside project_id", rule: "statistics.one_of" }]);
}

function isDay(text: string): boolean {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text) || text < "1970") return false;
  const time = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(text);
}
