import type { MethodImpl } from "@connectrpc/connect";
import { EventKind } from "@tessera/contracts/tessera/auth/v1/event_pb.ts";
import { InvitationState } from "@tessera/contracts/tessera/auth/v1/invitation_pb.ts";
import { InvitationService } from "@tessera/contracts/tessera/auth/v1/invitation_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { appendTeamEvent } from "../teams/store.ts";
import { takeBack } from "./invitation.ts";
import { lockKnownInvitation } from "./lock-invitation.ts";
import { closeInvitation } from "./store.ts";

/** Implements tessera.auth.v1.InvitationService.WithdrawInvitation. */
export function withdrawInvitation({
  store,
}: Deps): MethodImpl<typeof InvitationService.method.withdrawInvitation> {
  return (request, context) => {
    const caller = callerOf(context);
    return store.command({
      method: InvitationService.method.withdrawInvitation,
      request,
      context,
      work: async (tx, now) => {
        const { invitationId } = request;
        const found = await lockKnownInvitation(tx, { invitationId }, caller);
        const { team, invitation } = takeBack(found, invitationId, caller.userId);
        const revision = await closeInvitation(tx, invitationId, { state: InvitationState.WITHDRAWN }, now);
        const { userId } = invitation;
        const details = { invitation_id: String(invitationId) };
        await appendTeamEvent(tx, EventKind.INVITATION_WITHDRAWN, team, caller, { userId, details });
        return { name: `invitations/${invitationId}`, revision };
      },
    });
  };
}
