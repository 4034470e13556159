import { timestampDate } from "@bufbuild/protobuf/wkt";
import type { MethodImpl } from "@connectrpc/connect";
import type { StatisticsService } from "@tessera/contracts/tessera/task/v1/statistics_service_pb.ts";
import { withFields } from "@tessera/rpc/validation/validation.ts";
import type { Deps } from "../deps.ts";
import { progressOf } from "../progress/progress.ts";

/** Implements tessera.task.v1.StatisticsService.GetPastProgress. */
export function getPastProgress({
  store,
  projects,
}: Deps): MethodImpl<typeof StatisticsService.method.getPastProgress> {
  return async (request, context) => {
    const { projectId, time } = withFields(request, "time");
    await projects.access(projectId, context);
    return { progress: progressOf(projectId, await store.pastStates(projectId, timestampDate(time))) };
  };
}
