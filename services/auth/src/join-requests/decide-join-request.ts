import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import { JoinRequestState } from "@tessera/contracts/tessera/auth/v1/join_request_pb.ts";
import { JoinRequestService } from "@tessera/contracts/tessera/auth/v1/join_request_service_pb.ts";
import { MemberFunction } from "@tessera/contracts/tessera/auth/v1/team_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { insertMember, readSubject } from "../teams/member-store.ts";
import { appendTeamEvent, lockTeam } from "../teams/store.ts";
import { lockCandidate } from "../users/store.ts";
import { decide } from "./join-request.ts";
import { closeJoinRequest, findAsker, lockJoinRequest } from "./store.ts";

/** Implements tessera.auth.v1.JoinRequestService.DecideJoinRequest. */
export const decideJoinRequest = ({ store }: Deps) =>
  command(JoinRequestService.method.decideJoinRequest, async (request, attempt) => {
    const { teamId, joinRequestId, state, message } = request;
    await store.replayIfDone(attempt);
    return store.write(attempt, async (tx, now) => {
      const { caller } = attempt;
      const userId = await findAsker(tx, teamId, joinRequestId);
      const candidate = await lockCandidate(tx, userId);
      const found = await lockTeam(tx, teamId, caller);
      const joinRequest = await lockJoinRequest(tx, teamId, joinRequestId);
      const asker = { ...candidate, function: (await readSubject(tx, teamId, userId)).function };
      const { team, joins } = decide(found, joinRequest, request, caller.userId, asker);
      const to = { state, decidedBy: caller.userId, message };
      const revision = await closeJoinRequest(tx, joinRequestId, to, now);
      const accepted = state === JoinRequestState.ACCEPTED;
      const kind = accepted ? AuthEventKind.JOIN_REQUEST_ACCEPTED : AuthEventKind.JOIN_REQUEST_DECLINED;
      const details = { join_request_id: String(joinRequestId) };
      await appendTeamEvent(tx, kind, team, caller, { userId, details });
      if (joins) await insertMember(tx, team, { userId, function: MemberFunction.MEMBER }, caller, now);
      return { name: `teams/${teamId}/join-requests/${joinRequestId}`, revision };
    });
  });
