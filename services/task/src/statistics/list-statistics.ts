import type { HandlerContext, MethodImpl } from "@connectrpc/connect";
import {
  type ListStatisticsRequest,
  ListStatisticsRequestSchema,
  type StatisticsService,
} from "@tessera/contracts/tessera/task/v1/statistics_service_pb.ts";
import { pageToken, readPageToken } from "@tessera/rpc/page-token.ts";
import type { Deps } from "../deps.ts";
import { PAGE_SIZE } from "../page.ts";
import { refusePeriod } from "./period.ts";
import { placeIn } from "./place.ts";
import type { Scope } from "./statistics-store.ts";

/** Implements tessera.task.v1.StatisticsService.ListStatistics. */
export function listStatistics(deps: Deps): MethodImpl<typeof StatisticsService.method.listStatistics> {
  return async (request, context) => {
    refusePeriod(request);
    const token = readPageToken(ListStatisticsRequestSchema, request);
    const [figure, key] = token === undefined ? [] : placeIn(token, 2);
    const after = figure === undefined || key === undefined ? undefined : { figure, key };
    const scope = {
      ...(request.userId !== undefined && { userId: request.userId }),
      ...(request.fromDate !== "" && { fromDate: request.fromDate }),
      ...(request.toDate !== "" && { toDate: request.toDate }),
    };
    const projectIds = await projectsOf(deps, request, scope, context);
    const limit = request.pageSize || PAGE_SIZE;
    const found = await deps.store.listStatistics({ ...scope, projectIds }, request, {
      after,
      limit: limit + 1,
    });
    const rows = found.slice(0, limit);
    const last = rows.at(-1)?.after;
    const isLast = found.length <= limit || last === undefined;
    return {
      statistics: rows.map(({ statistics }) => statistics),
      nextPageToken: isLast
        ? ""
        : pageToken(ListStatisticsRequestSchema, request, `${last.figure}.${last.key}`),
    };
  };
}

/** The projects of a scope, as far as the caller may see them. Refuses PROJECT_NOT_FOUND. */
async function projectsOf(
  { store, projects }: Pick<Deps, "store" | "projects">,
  { projectId, organisationId, teamId, campaign }: ListStatisticsRequest,
  scope: Omit<Scope, "projectIds">,
  context: HandlerContext,
): Promise<number[]> {
  if (projectId !== undefined) {
    await projects.access(projectId, context);
    return [projectId];
  }
  if (organisationId !== undefined || teamId !== undefined || campaign !== "")
    return projects.matching({ organisationId, teamId, campaign }, context);
  return projects.visible(await store.projectsWithWork(scope), context);
}
