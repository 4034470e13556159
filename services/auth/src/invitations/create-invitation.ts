import { secondsOf } from "@tessera/contracts/duration.ts";
import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import { InvitationService } from "@tessera/contracts/tessera/auth/v1/invitation_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { readSubject } from "../teams/member-store.ts";
import { appendTeamEvent, lockTeam } from "../teams/store.ts";
import { lockCandidate } from "../users/store.ts";
import { mayInvite, newInvitationToken, tokenHash } from "./invitation.ts";
import { insertInvitation, readOpenInvitations } from "./store.ts";

/** Implements tessera.auth.v1.InvitationService.CreateInvitation. */
export const createInvitation = ({ store, invitationSeconds }: Deps) =>
  command(InvitationService.method.createInvitation, async (request, attempt) => {
    const { teamId, message, lifetime } = request;
    const userId = request.userId ?? 0n;
    await store.replayIfDone(attempt);
    return store.write(attempt, async (tx, now) => {
      const { caller } = attempt;
      const candidate = await lockCandidate(tx, userId);
      const found = await lockTeam(tx, teamId, caller);
      const { function: is } = await readSubject(tx, teamId, userId);
      const { openHere, open } = await readOpenInvitations(tx, teamId, userId);
      const { team } = mayInvite(found, teamId, { ...candidate, function: is, openHere }, open);
      const token = userId === 0n ? newInvitationToken() : undefined;
      const draft = {
        teamId,
        userId,
        tokenHash: token === undefined ? undefined : tokenHash(token),
        message,
        invitedBy: caller.userId,
        lifetimeSeconds: lifetime ? secondsOf(lifetime) : invitationSeconds,
      };
      const invitationId = await insertInvitation(tx, draft, now);
      const details = { invitation_id: String(invitationId) };
      await appendTeamEvent(tx, AuthEventKind.INVITATION_MADE, team, caller, { userId, details });
      return {
        name: `invitations/${invitationId}`,
        revision: 1n,
        secret: token === undefined ? {} : { token },
      };
    });
  });
