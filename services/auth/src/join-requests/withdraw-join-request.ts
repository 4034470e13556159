import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import { JoinRequestState } from "@tessera/contracts/tessera/auth/v1/join_request_pb.ts";
import { JoinRequestService } from "@tessera/contracts/tessera/auth/v1/join_request_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { appendTeamEvent, lockTeam } from "../teams/store.ts";
import { withdraw } from "./join-request.ts";
import { closeJoinRequest, lockJoinRequest } from "./store.ts";

/** Implements tessera.auth.v1.JoinRequestService.WithdrawJoinRequest. */
export const withdrawJoinRequest = ({ store }: Deps) =>
  command(JoinRequestService.method.withdrawJoinRequest, async ({ teamId, joinRequestId }, attempt) => {
    await store.replayIfDone(attempt);
    return store.write(attempt, async (tx, now) => {
      const { caller } = attempt;
      const { userId } = caller;
      const found = await lockTeam(tx, teamId, caller);
      const joinRequest = await lockJoinRequest(tx, teamId, joinRequestId);
      const { team } = withdraw(found, joinRequest, joinRequestId, userId);
      const revision = await closeJoinRequest(tx, joinRequestId, { state: JoinRequestState.WITHDRAWN }, now);
      const details = { join_request_id: String(joinRequestId) };
      await appendTeamEvent(tx, AuthEventKind.JOIN_REQUEST_WITHDRAWN, team, caller, { userId, details });
      return { name: `teams/${teamId}/join-requests/${joinRequestId}`, revision };
    });
  });
