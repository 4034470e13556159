import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import { InvitationState } from "@tessera/contracts/tessera/auth/v1/invitation_pb.ts";
import { InvitationService } from "@tessera/contracts/tessera/auth/v1/invitation_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { appendTeamEvent } from "../teams/store.ts";
import { withdraw } from "./invitation.ts";
import { closeInvitation, lockKnownInvitation } from "./store.ts";

/** Implements tessera.auth.v1.InvitationService.WithdrawInvitation. */
export const withdrawInvitation = ({ store }: Deps) =>
  command(InvitationService.method.withdrawInvitation, async ({ invitationId }, attempt) => {
    await store.replayIfDone(attempt);
    return store.write(attempt, async (tx, now) => {
      const { caller } = attempt;
      const found = await lockKnownInvitation(tx, { invitationId }, caller);
      const { team, invitation } = withdraw(found, invitationId, caller.userId);
      const revision = await closeInvitation(tx, invitationId, { state: InvitationState.WITHDRAWN }, now);
      const { userId } = invitation;
      const details = { invitation_id: String(invitationId) };
      await appendTeamEvent(tx, AuthEventKind.INVITATION_WITHDRAWN, team, caller, { userId, details });
      return { name: `invitations/${invitationId}`, revision };
    });
  });
