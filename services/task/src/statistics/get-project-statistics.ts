import type { MethodImpl } from "@connectrpc/connect";
import {
  StatisticsGroup,
  StatisticsOrder,
  type StatisticsService,
} from "@tessera/contracts/tessera/task/v1/statistics_service_pb.ts";
import type { Deps } from "../deps.ts";
import { projectStatistics } from "./project-statistics.ts";

const SUM = { group: StatisticsGroup.UNSPECIFIED, order: StatisticsOrder.UNSPECIFIED };

/** Implements tessera.task.v1.StatisticsService.GetProjectStatistics. */
export function getProjectStatistics({
  store,
  projects,
}: Deps): MethodImpl<typeof StatisticsService.method.getProjectStatistics> {
  return async ({ projectId }, context) => {
    await projects.access(projectId, context);
    const [[counted], states] = await Promise.all([
      store.listStatistics({ projectIds: [projectId] }, SUM, { limit: 1 }),
      store.countByState(projectId),
    ]);
    return { statistics: projectStatistics(projectId, states, counted) };
  };
}
