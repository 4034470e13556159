import type { MethodImpl } from "@connectrpc/connect";
import {
  ListOwnSubmissionsRequestSchema,
  type StatisticsService,
} from "@tessera/contracts/tessera/task/v1/statistics_service_pb.ts";
import type { Deps } from "../deps.ts";
import { ownPage } from "./own-page.ts";

/** Implements tessera.task.v1.StatisticsService.ListOwnSubmissions. */
export function listOwnSubmissions({
  store,
  projects,
}: Deps): MethodImpl<typeof StatisticsService.method.listOwnSubmissions> {
  return async (request, context) => {
    const read = store.listOwnSubmissions;
    const { items, nextPageToken } = await ownPage(ListOwnSubmissionsRequestSchema, request, context, {
      projects,
      read,
    });
    return { submissions: items, nextPageToken };
  };
}
