import type { ServiceImpl } from "@connectrpc/connect";
import type { StatisticsService } from "@tessera/contracts/tessera/task/v1/statistics_service_pb.ts";
import type { Deps } from "../deps.ts";
import { getPastProgress } from "./get-past-progress.ts";
import { getProjectStatistics } from "./get-project-statistics.ts";
import { listOwnSubmissions } from "./list-own-submissions.ts";
import { listSentBack } from "./list-sent-back.ts";
import { listStatistics } from "./list-statistics.ts";

/** Implements tessera.task.v1.StatisticsService. */
export function statisticsService(deps: Deps): ServiceImpl<typeof StatisticsService> {
  return {
    listStatistics: listStatistics(deps),
    getProjectStatistics: getProjectStatistics(deps),
    getPastProgress: getPastProgress(deps),
    listSentBack: listSentBack(deps),
    listOwnSubmissions: listOwnSubmissions(deps),
  };
}
