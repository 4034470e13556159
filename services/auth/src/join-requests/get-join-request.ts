import type { MethodImpl } from "@connectrpc/connect";
import type { JoinRequestService } from "@tessera/contracts/tessera/auth/v1/join_request_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { seenJoinRequest } from "./join-request.ts";

/** Implements tessera.auth.v1.JoinRequestService.GetJoinRequest. */
export function getJoinRequest({ store }: Deps): MethodImpl<typeof JoinRequestService.method.getJoinRequest> {
  return async ({ teamId, joinRequestId }, context) => {
    const caller = callerOf(context);
    const [found, joinRequest] = await Promise.all([
      store.teams.findWithStanding(teamId, caller),
      store.joinRequests.find(teamId, joinRequestId),
    ]);
    return { joinRequest: seenJoinRequest(found, joinRequest, joinRequestId, caller.userId).joinRequest };
  };
}
