import { JoinMethod, MemberFunction, type Team } from "@tessera/contracts/tessera/auth/v1/team_pb.ts";
import { lastManager } from "../organisations/refusals.ts";
import { admissible, type Candidate } from "../users/candidate.ts";
import { userNotFound } from "../users/refusals.ts";
import {
  alreadyMember,
  joinMethodDiffers,
  notTeamManager,
  teamMemberLimitReached,
  teamMemberNotFound,
} from "./refusals.ts";
import { type KnownTeam, known, managesTeam } from "./team.ts";

/** The most members of a team. */
export const TEAM_MEMBERS_MAX = 10_000;

/** The user that a command about a member concerns. */
export interface Subject extends Candidate {
  /** UNSPECIFIED for who is not in the team. */
  function: MemberFunction;
  /** Whether it is the caller. */
  isCaller: boolean;
  /** How many other managers the team has. */
  otherManagers: number;
}

/**
 * What the person becomes. Refuses in this order: TEAM_NOT_FOUND, NOT_TEAM_MANAGER, JOIN_METHOD_DIFFERS, USER_NOT_FOUND,
 * USER_NOT_ADMISSIBLE, LAST_MANAGER, TEAM_MEMBER_LIMIT_REACHED.
 */
export function setMember(
  found: KnownTeam | undefined,
  teamId: number,
  subject: Subject,
  wanted: MemberFunction,
): { team: Team; becomes: MemberFunction } {
  const { team, standing } = known(found, teamId);
  const { UNSPECIFIED, MEMBER, MANAGER } = MemberFunction;
  const isNew = subject.function === UNSPECIFIED;
  const becomes = wanted || subject.function || MEMBER;
  if (!managesTeam(standing)) {
    if (!subject.isCaller || becomes === MANAGER) throw notTeamManager(teamId);
    if (isNew && team.joinMethod !== JoinMethod.OPEN) throw joinMethodDiffers(team.joinMethod);
  }
  if (!subject.exists) throw userNotFound(subject.userId);
  if (isNew || becomes > subject.function) admissible(subject);
  if (becomes === MEMBER) keepAManager(subject);
  if (isNew) leaveRoom(team.memberCount);
  return { team, becomes };
}

/** Refuses in this order: TEAM_NOT_FOUND, NOT_TEAM_MANAGER, TEAM_MEMBER_NOT_FOUND, LAST_MANAGER. */
export function removeMember(
  found: KnownTeam | undefined,
  teamId: number,
  subject: Omit<Subject, "exists" | "isAdmissible">,
): KnownTeam {
  const it = known(found, teamId);
  if (!subject.isCaller && !managesTeam(it.standing)) throw notTeamManager(teamId);
  if (subject.function === MemberFunction.UNSPECIFIED) throw teamMemberNotFound(teamId, subject.userId);
  keepAManager(subject);
  return it;
}

/** Refuses ALREADY_MEMBER. */
export function notYetMember({ teamId }: { teamId: number }, userId: bigint, is: MemberFunction): void {
  if (is !== MemberFunction.UNSPECIFIED) throw alreadyMember(teamId, userId);
}

/** Refuses TEAM_MEMBER_LIMIT_REACHED. */
export function leaveRoom(memberCount: number): void {
  if (memberCount >= TEAM_MEMBERS_MAX) throw teamMemberLimitReached(TEAM_MEMBERS_MAX);
}

function keepAManager(subject: Pick<Subject, "userId" | "function" | "otherManagers">): void {
  if (subject.function === MemberFunction.MANAGER && subject.otherManagers === 0)
    throw lastManager(subject.userId);
}
