import type { MethodImpl } from "@connectrpc/connect";
import {
  ListSentBackRequestSchema,
  type StatisticsService,
} from "@tessera/contracts/tessera/task/v1/statistics_service_pb.ts";
import type { Deps } from "../deps.ts";
import { ownPage } from "./own-page.ts";

/** Implements tessera.task.v1.StatisticsService.ListSentBack. */
export function listSentBack({
  store,
  projects,
}: Deps): MethodImpl<typeof StatisticsService.method.listSentBack> {
  return async (request, context) => {
    const read = store.listSentBack;
    const { items, nextPageToken } = await ownPage(ListSentBackRequestSchema, request, context, {
      projects,
      read,
    });
    return { sentBack: items, nextPageToken };
  };
}
