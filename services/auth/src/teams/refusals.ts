import {
  type InvitationState,
  InvitationStateSchema,
} from "@tessera/contracts/tessera/auth/v1/invitation_pb.ts";
import {
  type JoinRequestState,
  JoinRequestStateSchema,
} from "@tessera/contracts/tessera/auth/v1/join_request_pb.ts";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/auth/v1/reason_pb.ts";
import { type JoinMethod, JoinMethodSchema } from "@tessera/contracts/tessera/auth/v1/team_pb.ts";
import { refusals } from "@tessera/rpc/refusal.ts";
import { enumWord } from "../enum-word.ts";

const refuse = refusals(ReasonSchema);

/** There is no such team, or the caller may not know of it: the answer is the same. */
export function teamNotFound(teamId: number) {
  return refuse(Reason.TEAM_NOT_FOUND, { metadata: { team_id: String(teamId) } });
}

export function notTeamManager(teamId: number) {
  return refuse(Reason.NOT_TEAM_MANAGER, { metadata: { team_id: String(teamId) } });
}

export function teamNameTaken(name: string) {
  return refuse(Reason.TEAM_NAME_TAKEN, { metadata: { name } });
}

export function teamChanged(expectedRevision: bigint, revision: bigint) {
  return refuse(Reason.TEAM_CHANGED, {
    metadata: { expected_revision: String(expectedRevision), revision: String(revision) },
  });
}

export function teamLimitReached(limit: number) {
  return refuse(Reason.TEAM_LIMIT_REACHED, { metadata: { limit: String(limit) } });
}

export function teamMemberNotFound(teamId: number, userId: bigint) {
  return refuse(Reason.TEAM_MEMBER_NOT_FOUND, {
    metadata: { team_id: String(teamId), user_id: String(userId) },
  });
}

export function teamMemberLimitReached(limit: number) {
  return refuse(Reason.TEAM_MEMBER_LIMIT_REACHED, { metadata: { limit: String(limit) } });
}

/** The team is joined in another way, which is `joinMethod`. */
export function joinMethodDiffers(joinMethod: JoinMethod) {
  return refuse(Reason.JOIN_METHOD_DIFFERS, {
    metadata: { join_method: enumWord(JoinMethodSchema, joinMethod) },
  });
}

export function alreadyMember(teamId: number, userId: bigint) {
  return refuse(Reason.ALREADY_MEMBER, { metadata: { team_id: String(teamId), user_id: String(userId) } });
}

/** There is no such join request, or the caller may not know of it: the answer is the same. */
export function joinRequestNotFound(joinRequestId: bigint) {
  return refuse(Reason.JOIN_REQUEST_NOT_FOUND, { metadata: { join_request_id: String(joinRequestId) } });
}

export function joinRequestOpen(joinRequestId: bigint) {
  return refuse(Reason.JOIN_REQUEST_OPEN, { metadata: { join_request_id: String(joinRequestId) } });
}

export function joinRequestClosed(state: JoinRequestState) {
  return refuse(Reason.JOIN_REQUEST_CLOSED, { metadata: { state: enumWord(JoinRequestStateSchema, state) } });
}

export function joinRequestLimitReached(limit: number) {
  return refuse(Reason.JOIN_REQUEST_LIMIT_REACHED, { metadata: { limit: String(limit) } });
}

/** There is no such invitation, or the caller may not know of it: the answer is the same. 0n for one by its token. */
export function invitationNotFound(invitationId: bigint) {
  const metadata: Record<string, string> = invitationId === 0n ? {} : { invitation_id: String(invitationId) };
  return refuse(Reason.INVITATION_NOT_FOUND, { metadata });
}

export function invitationOpen(invitationId: bigint) {
  return refuse(Reason.INVITATION_OPEN, { metadata: { invitation_id: String(invitationId) } });
}

export function invitationClosed(state: InvitationState) {
  return refuse(Reason.INVITATION_CLOSED, { metadata: { state: enumWord(InvitationStateSchema, state) } });
}

export function invitationLimitReached(limit: number) {
  return refuse(Reason.INVITATION_LIMIT_REACHED, { metadata: { limit: String(limit) } });
}

/** The invitation names somebody else, or nobody. */
export function notInvited(invitationId: bigint) {
  return refuse(Reason.NOT_INVITED, { metadata: { invitation_id: String(invitationId) } });
}
