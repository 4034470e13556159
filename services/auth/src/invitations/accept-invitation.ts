import type { MethodImpl } from "@connectrpc/connect";
import { EventKind } from "@tessera/contracts/tessera/auth/v1/event_pb.ts";
import { InvitationState } from "@tessera/contracts/tessera/auth/v1/invitation_pb.ts";
import { InvitationService } from "@tessera/contracts/tessera/auth/v1/invitation_service_pb.ts";
import { MemberFunction } from "@tessera/contracts/tessera/auth/v1/team_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { tokenInvalid } from "../refusals.ts";
import { insertMember } from "../teams/member-store.ts";
import { appendTeamEvent } from "../teams/store.ts";
import { lockCandidate } from "../users/store.ts";
import { accept, tokenHash } from "./invitation.ts";
import { lockKnownInvitation } from "./lock-invitation.ts";
import { closeInvitation } from "./store.ts";

/** Implements tessera.auth.v1.InvitationService.AcceptInvitation. */
export function acceptInvitation({
  store,
}: Deps): MethodImpl<typeof InvitationService.method.acceptInvitation> {
  return (request, context) => {
    const caller = callerOf(context);
    return store.command({
      method: InvitationService.method.acceptInvitation,
      request,
      context,
      work: async (tx, now) => {
        const { invitationId: wanted, token } = request;
        const { userId } = caller;
        const candidate = await lockCandidate(tx, userId);
        if (!candidate.exists) throw tokenInvalid();
        const broughtToken = token !== "";
        const named = broughtToken ? { tokenHash: tokenHash(token) } : { invitationId: wanted };
        const found = await lockKnownInvitation(tx, named, caller);
        const { team, invitation } = accept(found, wanted, { ...candidate, broughtToken });
        const { invitationId } = invitation;
        const to = { state: InvitationState.ACCEPTED, acceptedBy: userId };
        await closeInvitation(tx, invitationId, to, now);
        const details = { invitation_id: String(invitationId) };
        await appendTeamEvent(tx, EventKind.INVITATION_ACCEPTED, team, caller, { userId, details });
        await insertMember(tx, team, { userId, function: MemberFunction.MEMBER }, caller, now);
        return { name: `teams/${team.teamId}/members/${userId}`, revision: 1n };
      },
    });
  };
}
