import type { MethodImpl } from "@connectrpc/connect";
import { EventKind } from "@tessera/contracts/tessera/auth/v1/event_pb.ts";
import { JoinRequestState } from "@tessera/contracts/tessera/auth/v1/join_request_pb.ts";
import { JoinRequestService } from "@tessera/contracts/tessera/auth/v1/join_request_service_pb.ts";
import { MemberFunction } from "@tessera/contracts/tessera/auth/v1/team_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { insertMember, readSubject } from "../teams/member-store.ts";
import { appendTeamEvent, lockTeam } from "../teams/store.ts";
import { leaveRoom } from "../teams/team-member.ts";
import { admissible } from "../users/candidate.ts";
import { lockCandidate } from "../users/store.ts";
import { decide } from "./join-request.ts";
import { closeJoinRequest, findAsker, lockJoinRequest } from "./store.ts";

/** Implements tessera.auth.v1.JoinRequestService.DecideJoinRequest. */
export function decideJoinRequest({
  store,
}: Deps): MethodImpl<typeof JoinRequestService.method.decideJoinRequest> {
  return (request, context) => {
    const caller = callerOf(context);
    return store.command({
      method: JoinRequestService.method.decideJoinRequest,
      request,
      context,
      work: async (tx, now) => {
        const { teamId, joinRequestId, state, message } = request;
        const userId = await findAsker(tx, teamId, joinRequestId);
        const candidate = await lockCandidate(tx, userId);
        const found = await lockTeam(tx, teamId, caller);
        const joinRequest = await lockJoinRequest(tx, teamId, joinRequestId);
        const { team } = decide(found, joinRequest, { teamId, joinRequestId }, caller.userId, state);
        const accepted = state === JoinRequestState.ACCEPTED;
        const is = (await readSubject(tx, teamId, userId)).function;
        // Who became a member in another way meanwhile stays what they are.
        const joins = accepted && is === MemberFunction.UNSPECIFIED;
        if (joins) {
          admissible(candidate);
          leaveRoom(team.memberCount);
        }
        const to = { state, decidedBy: caller.userId, message };
        const revision = await closeJoinRequest(tx, joinRequestId, to, now);
        const kind = accepted ? EventKind.JOIN_REQUEST_ACCEPTED : EventKind.JOIN_REQUEST_DECLINED;
        const details = { join_request_id: String(joinRequestId) };
        await appendTeamEvent(tx, kind, team, caller, { userId, details });
        if (joins) await insertMember(tx, team, { userId, function: MemberFunction.MEMBER }, caller, now);
        return { name: `teams/${teamId}/requests/${joinRequestId}`, revision };
      },
    });
  };
}
