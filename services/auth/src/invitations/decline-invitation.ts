import type { MethodImpl } from "@connectrpc/connect";
import { EventKind } from "@tessera/contracts/tessera/auth/v1/event_pb.ts";
import { InvitationState } from "@tessera/contracts/tessera/auth/v1/invitation_pb.ts";
import { InvitationService } from "@tessera/contracts/tessera/auth/v1/invitation_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { appendTeamEvent } from "../teams/store.ts";
import { decline } from "./invitation.ts";
import { lockKnownInvitation } from "./lock-invitation.ts";
import { closeInvitation } from "./store.ts";

/** Implements tessera.auth.v1.InvitationService.DeclineInvitation. */
export function declineInvitation({
  store,
}: Deps): MethodImpl<typeof InvitationService.method.declineInvitation> {
  return (request, context) => {
    const caller = callerOf(context);
    return store.command({
      method: InvitationService.method.declineInvitation,
      request,
      context,
      work: async (tx, now) => {
        const { invitationId } = request;
        const found = await lockKnownInvitation(tx, { invitationId }, caller);
        const { team, invitation } = decline(found, invitationId, caller.userId);
        const revision = await closeInvitation(tx, invitationId, { state: InvitationState.DECLINED }, now);
        const { userId } = invitation;
        const details = { invitation_id: String(invitationId) };
        await appendTeamEvent(tx, EventKind.INVITATION_DECLINED, team, caller, { userId, details });
        return { name: `invitations/${invitationId}`, revision };
      },
    });
  };
}
