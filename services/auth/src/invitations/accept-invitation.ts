import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import { InvitationState } from "@tessera/contracts/tessera/auth/v1/invitation_pb.ts";
import { InvitationService } from "@tessera/contracts/tessera/auth/v1/invitation_service_pb.ts";
import { MemberFunction } from "@tessera/contracts/tessera/auth/v1/team_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { tokenInvalid } from "../refusals.ts";
import { insertMember } from "../teams/member-store.ts";
import { appendTeamEvent } from "../teams/store.ts";
import { lockCandidate } from "../users/store.ts";
import { accept, tokenHash } from "./invitation.ts";
import { closeInvitation, lockKnownInvitation } from "./store.ts";

/** Implements tessera.auth.v1.InvitationService.AcceptInvitation. */
export const acceptInvitation = ({ store }: Deps) =>
  command(InvitationService.method.acceptInvitation, async (request, attempt) => {
    const { invitationId: wanted = 0n, token } = request;
    const broughtToken = token !== undefined;
    const named = broughtToken ? { tokenHash: tokenHash(token) } : { invitationId: wanted };
    await store.replayIfDone(attempt);
    return store.write(attempt, async (tx, now) => {
      const { caller } = attempt;
      const { userId } = caller;
      const candidate = await lockCandidate(tx, userId);
      if (!candidate.exists) throw tokenInvalid();
      const found = await lockKnownInvitation(tx, named, caller);
      const { team, invitation } = accept(found, wanted, { ...candidate, broughtToken });
      const { invitationId } = invitation;
      const to = { state: InvitationState.ACCEPTED, acceptedBy: userId };
      await closeInvitation(tx, invitationId, to, now);
      const details = { invitation_id: String(invitationId) };
      await appendTeamEvent(tx, AuthEventKind.INVITATION_ACCEPTED, team, caller, { userId, details });
      const member = { userId, function: MemberFunction.MEMBER };
      const revision = await insertMember(tx, team, member, caller, now);
      return { name: `teams/${team.teamId}/members/${userId}`, revision };
    });
  });
