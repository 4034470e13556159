import type { MethodImpl } from "@connectrpc/connect";
import {
  type JoinRequestService,
  ListJoinRequestsRequestSchema,
} from "@tessera/contracts/tessera/auth/v1/join_request_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { readPageToken } from "@tessera/rpc/page-token.ts";
import type { Deps } from "../deps.ts";
import { pageOf, pageSizeOf } from "../page.ts";
import { numberIn } from "../page-key.ts";
import { managed } from "../teams/team.ts";

/** Implements tessera.auth.v1.JoinRequestService.ListJoinRequests. */
export function listJoinRequests({
  store,
}: Deps): MethodImpl<typeof JoinRequestService.method.listJoinRequests> {
  return async (request, context) => {
    const { teamId } = request;
    const after = numberIn(readPageToken(ListJoinRequestsRequestSchema, request) ?? "0");
    managed(await store.teams.findWithStanding(teamId, callerOf(context)), teamId);
    const most = pageSizeOf(request) + 1;
    const found = await store.joinRequests.list(teamId, request, { after, most });
    const { page: joinRequests, nextPageToken } = pageOf(
      ListJoinRequestsRequestSchema,
      request,
      found,
      (it) => it.joinRequestId,
    );
    return { joinRequests, nextPageToken };
  };
}
