import type { MethodImpl } from "@connectrpc/connect";
import { EventKind } from "@tessera/contracts/tessera/auth/v1/event_pb.ts";
import { JoinRequestState } from "@tessera/contracts/tessera/auth/v1/join_request_pb.ts";
import { JoinRequestService } from "@tessera/contracts/tessera/auth/v1/join_request_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { appendTeamEvent, lockTeam } from "../teams/store.ts";
import { withdraw } from "./join-request.ts";
import { closeJoinRequest, lockJoinRequest } from "./store.ts";

/** Implements tessera.auth.v1.JoinRequestService.WithdrawJoinRequest. */
export function withdrawJoinRequest({
  store,
}: Deps): MethodImpl<typeof JoinRequestService.method.withdrawJoinRequest> {
  return (request, context) => {
    const caller = callerOf(context);
    return store.command({
      method: JoinRequestService.method.withdrawJoinRequest,
      request,
      context,
      work: async (tx, now) => {
        const { teamId, joinRequestId } = request;
        const { userId } = caller;
        const found = await lockTeam(tx, teamId, caller);
        const joinRequest = await lockJoinRequest(tx, teamId, joinRequestId);
        const { team } = withdraw(found, joinRequest, joinRequestId, userId);
        const to = { state: JoinRequestState.WITHDRAWN };
        const revision = await closeJoinRequest(tx, joinRequestId, to, now);
        const details = { join_request_id: String(joinRequestId) };
        await appendTeamEvent(tx, EventKind.JOIN_REQUEST_WITHDRAWN, team, caller, { userId, details });
        return { name: `teams/${teamId}/requests/${joinRequestId}`, revision };
      },
    });
  };
}
