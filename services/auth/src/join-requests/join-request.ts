import { type JoinRequest, JoinRequestState } from "@tessera/contracts/tessera/auth/v1/join_request_pb.ts";
import { JoinMethod, MemberFunction } from "@tessera/contracts/tessera/auth/v1/team_pb.ts";
import {
  joinMethodDiffers,
  joinRequestClosed,
  joinRequestLimitReached,
  joinRequestNotFound,
  joinRequestOpen,
  notTeamManager,
} from "../teams/refusals.ts";
import { type KnownTeam, known, managesTeam } from "../teams/team.ts";
import { leaveRoom, notYetMember } from "../teams/team-member.ts";
import { admissible, type Candidate } from "../users/candidate.ts";

/** The most open join requests of a person. */
export const OPEN_JOIN_REQUESTS_MAX = 50;

const { UNSPECIFIED, OPEN, ACCEPTED, DECLINED, WITHDRAWN } = JoinRequestState;

/** Where a join request goes from each state. */
export const JOIN_REQUEST_TRANSITIONS: Readonly<Record<JoinRequestState, readonly JoinRequestState[]>> = {
  [UNSPECIFIED]: [],
  [OPEN]: [ACCEPTED, DECLINED, WITHDRAWN],
  [ACCEPTED]: [],
  [DECLINED]: [],
  [WITHDRAWN]: [],
};

/**
 * Refuses in this order: TEAM_NOT_FOUND, USER_NOT_ADMISSIBLE, ALREADY_MEMBER, JOIN_METHOD_DIFFERS, JOIN_REQUEST_OPEN,
 * JOIN_REQUEST_LIMIT_REACHED.
 */
export function mayAsk(
  found: KnownTeam | undefined,
  teamId: number,
  caller: Candidate & { openHere: bigint | undefined; open: number },
): KnownTeam {
  const it = known(found, teamId);
  admissible(caller);
  notYetMember({ teamId }, caller.userId, it.standing.function);
  if (it.team.joinMethod !== JoinMethod.BY_REQUEST) throw joinMethodDiffers(it.team.joinMethod);
  if (caller.openHere !== undefined) throw joinRequestOpen(caller.openHere);
  if (caller.open >= OPEN_JOIN_REQUESTS_MAX) throw joinRequestLimitReached(OPEN_JOIN_REQUESTS_MAX);
  return it;
}

/** Visible to the person who made it and to the managers of the team. Refuses JOIN_REQUEST_NOT_FOUND. */
export function seenJoinRequest(
  found: KnownTeam | undefined,
  joinRequest: JoinRequest | undefined,
  joinRequestId: bigint,
  caller: bigint,
): KnownTeam & { joinRequest: JoinRequest } {
  if (found === undefined || joinRequest === undefined) throw joinRequestNotFound(joinRequestId);
  if (joinRequest.userId !== caller && !managesTeam(found.standing)) throw joinRequestNotFound(joinRequestId);
  return { ...found, joinRequest };
}

/**
 * Decides a join request. `joins` says whether the person becomes a member by it: one who became a member in another way
 * meanwhile stays what they are. Refuses in this order: JOIN_REQUEST_NOT_FOUND, NOT_TEAM_MANAGER, JOIN_REQUEST_CLOSED, and of
 * a person who would join USER_NOT_ADMISSIBLE, TEAM_MEMBER_LIMIT_REACHED.
 */
export function decide(
  found: KnownTeam | undefined,
  joinRequest: JoinRequest | undefined,
  named: { teamId: number; joinRequestId: bigint; state: JoinRequestState },
  caller: bigint,
  asker: Candidate & { function: MemberFunction },
): KnownTeam & { joins: boolean } {
  const it = seenJoinRequest(found, joinRequest, named.joinRequestId, caller);
  if (!managesTeam(it.standing)) throw notTeamManager(named.teamId);
  step(it.joinRequest.state, named.state);
  const joins = named.state === ACCEPTED && asker.function === MemberFunction.UNSPECIFIED;
  if (joins) {
    admissible(asker);
    leaveRoom(it.team.memberCount);
  }
  return { ...it, joins };
}

/** Refuses in this order: JOIN_REQUEST_NOT_FOUND, JOIN_REQUEST_CLOSED. */
export function withdraw(
  found: KnownTeam | undefined,
  joinRequest: JoinRequest | undefined,
  joinRequestId: bigint,
  caller: bigint,
): KnownTeam {
  if (found === undefined || joinRequest?.userId !== caller) throw joinRequestNotFound(joinRequestId);
  step(joinRequest.state, WITHDRAWN);
  return found;
}

function step(from: JoinRequestState, to: JoinRequestState): void {
  if (!JOIN_REQUEST_TRANSITIONS[from]?.includes(to)) throw joinRequestClosed(from);
}
