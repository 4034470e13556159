import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import { JoinRequestService } from "@tessera/contracts/tessera/auth/v1/join_request_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { tokenInvalid } from "../refusals.ts";
import { appendTeamEvent, lockTeam } from "../teams/store.ts";
import { lockCandidate } from "../users/store.ts";
import { mayAsk } from "./join-request.ts";
import { insertJoinRequest, readOpenJoinRequests } from "./store.ts";

/** Implements tessera.auth.v1.JoinRequestService.CreateJoinRequest. */
export const createJoinRequest = ({ store }: Deps) =>
  command(JoinRequestService.method.createJoinRequest, async ({ teamId, message }, attempt) => {
    await store.replayIfDone(attempt);
    return store.write(attempt, async (tx, now) => {
      const { caller } = attempt;
      const { userId } = caller;
      // Alone: the person's other join requests are counted.
      const candidate = await lockCandidate(tx, userId, { alone: true });
      if (!candidate.exists) throw tokenInvalid();
      const found = await lockTeam(tx, teamId, caller);
      const open = await readOpenJoinRequests(tx, teamId, userId);
      const { team } = mayAsk(found, teamId, { ...candidate, ...open });
      const joinRequestId = await insertJoinRequest(tx, { teamId, userId, message }, now);
      const details = { join_request_id: String(joinRequestId) };
      await appendTeamEvent(tx, AuthEventKind.JOIN_REQUEST_MADE, team, caller, { userId, details });
      return { name: `teams/${teamId}/join-requests/${joinRequestId}`, revision: 1n };
    });
  });
