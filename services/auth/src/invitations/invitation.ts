import { hash, randomBytes } from "node:crypto";
import { type Invitation, InvitationState } from "@tessera/contracts/tessera/auth/v1/invitation_pb.ts";
import type { MemberFunction } from "@tessera/contracts/tessera/auth/v1/team_pb.ts";
import { referring } from "@tessera/rpc/reference.ts";
import type { Refusal } from "@tessera/rpc/refusal.ts";
import {
  invitationClosed,
  invitationLimitReached,
  invitationNotFound,
  invitationOpen,
  notInvited,
  notTeamManager,
} from "../teams/refusals.ts";
import { type KnownTeam, managed, managesTeam } from "../teams/team.ts";
import { leaveRoom, notYetMember } from "../teams/team-member.ts";
import { admissible, type Candidate } from "../users/candidate.ts";
import { userNotFound } from "../users/refusals.ts";

/** The most open invitations of a team. */
export const OPEN_INVITATIONS_MAX = 200;
const TOKEN_BYTES = 32;

const { UNSPECIFIED, OPEN, ACCEPTED, DECLINED, WITHDRAWN, EXPIRED } = InvitationState;

/** Where an invitation goes from each state. One that is OPEN is EXPIRED from its `expire_time` on, by itself. */
export const INVITATION_TRANSITIONS: Readonly<Record<InvitationState, readonly InvitationState[]>> = {
  [UNSPECIFIED]: [],
  [OPEN]: [ACCEPTED, DECLINED, WITHDRAWN, EXPIRED],
  [ACCEPTED]: [],
  [DECLINED]: [],
  [WITHDRAWN]: [],
  [EXPIRED]: [],
};

/** The invited person; `userId` 0n for the bearer of the token. */
export interface Invitee extends Candidate {
  function: MemberFunction;
  /** The person's open invitation to this team. */
  openHere: bigint | undefined;
}

/**
 * Refuses in this order: TEAM_NOT_FOUND, NOT_TEAM_MANAGER, USER_NOT_FOUND, USER_NOT_ADMISSIBLE, ALREADY_MEMBER,
 * INVITATION_OPEN, INVITATION_LIMIT_REACHED.
 */
export function mayInvite(
  found: KnownTeam | undefined,
  teamId: number,
  invitee: Invitee,
  openInvitations: number,
): KnownTeam {
  const it = managed(found, teamId);
  if (invitee.userId > 0n) {
    if (!invitee.exists) throw referring(userNotFound(invitee.userId), "user_id");
    admissible(invitee);
    notYetMember({ teamId }, invitee.userId, invitee.function);
    if (invitee.openHere !== undefined) throw invitationOpen(invitee.openHere);
  }
  if (openInvitations >= OPEN_INVITATIONS_MAX) throw invitationLimitReached(OPEN_INVITATIONS_MAX);
  return it;
}

/** An invitation, and its team as the caller stands to it. */
export interface KnownInvitation extends KnownTeam {
  invitation: Invitation;
}

/**
 * Refuses in this order: INVITATION_NOT_FOUND, NOT_INVITED, USER_NOT_ADMISSIBLE, INVITATION_CLOSED, ALREADY_MEMBER,
 * TEAM_MEMBER_LIMIT_REACHED. Every person who brings the token may.
 */
export function accept(
  found: KnownInvitation | undefined,
  invitationId: bigint,
  caller: Candidate & { broughtToken: boolean },
): KnownInvitation {
  // An acceptance is no part of the invitation's path: it refers to the invitation.
  const field = caller.broughtToken ? "token" : "invitation_id";
  const notFound = referring(invitationNotFound(invitationId), field);
  const it = answerable(found, invitationId, caller, notFound);
  admissible(caller);
  step(it.invitation, ACCEPTED);
  notYetMember(it.team, caller.userId, it.standing.function);
  leaveRoom(it.team.memberCount);
  return it;
}

/** Refuses in this order: INVITATION_NOT_FOUND, NOT_INVITED, INVITATION_CLOSED. */
export function decline(
  found: KnownInvitation | undefined,
  invitationId: bigint,
  userId: bigint,
): KnownInvitation {
  const it = answerable(found, invitationId, { userId, broughtToken: false });
  step(it.invitation, DECLINED);
  return it;
}

/** Refuses in this order: INVITATION_NOT_FOUND, NOT_TEAM_MANAGER, INVITATION_CLOSED. */
export function withdraw(
  found: KnownInvitation | undefined,
  invitationId: bigint,
  userId: bigint,
): KnownInvitation {
  const it = seenInvitation(found, invitationId, userId);
  if (!managesTeam(it.standing)) throw notTeamManager(it.team.teamId);
  step(it.invitation, WITHDRAWN);
  return it;
}

/** A new token: a secret of 256 bits. */
export function newInvitationToken(): string {
  return randomBytes(TOKEN_BYTES).toString("base64url");
}

/** What is stored of a token. */
export function tokenHash(token: string): Buffer {
  return hash("sha256", token, "buffer");
}

function answerable(
  found: KnownInvitation | undefined,
  invitationId: bigint,
  caller: { userId: bigint; broughtToken: boolean },
  notFound?: Refusal,
): KnownInvitation {
  if (caller.broughtToken) {
    if (found === undefined) throw notFound ?? invitationNotFound(invitationId);
    return found;
  }
  const it = seenInvitation(found, invitationId, caller.userId, notFound);
  if (it.invitation.userId !== caller.userId) throw notInvited(invitationId);
  return it;
}

/** Visible to the invited person and to the managers of the team. Refuses INVITATION_NOT_FOUND. */
export function seenInvitation(
  found: KnownInvitation | undefined,
  invitationId: bigint,
  userId: bigint,
  notFound = invitationNotFound(invitationId),
): KnownInvitation {
  if (found === undefined || (found.invitation.userId !== userId && !managesTeam(found.standing)))
    throw notFound;
  return found;
}

function step({ state }: Invitation, to: InvitationState): void {
  if (!INVITATION_TRANSITIONS[state]?.includes(to)) throw invitationClosed(state);
}
