import type { MethodImpl } from "@connectrpc/connect";
import type { InvitationService } from "@tessera/contracts/tessera/auth/v1/invitation_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { seenInvitation } from "./invitation.ts";

/** Implements tessera.auth.v1.InvitationService.GetInvitation. */
export function getInvitation({ store }: Deps): MethodImpl<typeof InvitationService.method.getInvitation> {
  return async ({ invitationId }, context) => {
    const caller = callerOf(context);
    const invitation = await store.invitations.find(invitationId);
    // Also if there is none, so that the time of the answer reveals nothing.
    const found = await store.teams.findWithStanding(invitation?.teamId ?? 0, caller);
    const known = found && invitation && { ...found, invitation };
    return { invitation: seenInvitation(known, invitationId, caller.userId).invitation };
  };
}
