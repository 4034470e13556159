import { randomUUID } from "node:crypto";
import type { DescMethodUnary, DescService, MessageInitShape } from "@bufbuild/protobuf";
import { InvitationService } from "@tessera/contracts/tessera/auth/v1/invitation_service_pb.ts";
import { JoinRequestState } from "@tessera/contracts/tessera/auth/v1/join_request_pb.ts";
import { JoinRequestService } from "@tessera/contracts/tessera/auth/v1/join_request_service_pb.ts";
import { MembershipService } from "@tessera/contracts/tessera/auth/v1/membership_service_pb.ts";
import { OrganisationService } from "@tessera/contracts/tessera/auth/v1/organisation_service_pb.ts";
import { TeamService } from "@tessera/contracts/tessera/auth/v1/team_service_pb.ts";

/** The services whose every RPC has a row. */
export const MATRIX_SERVICES: readonly DescService[] = [
  OrganisationService,
  TeamService,
  JoinRequestService,
  InvitationService,
  MembershipService,
];

/** The callers. `concerned` asked to join and is invited; those after `stranger` have a role in the team or its organisation. */
export const ROLES = [
  "anonymous",
  "concerned",
  "stranger",
  "member",
  "teamManager",
  "organisationManager",
  "administrator",
] as const;
export type Role = (typeof ROLES)[number];

/** Where a call plays. */
export interface Stage {
  organisationId: number;
  /** What the organisation is called. */
  name: string;
  teamId: number;
  joinRequestId: bigint;
  /** Of the concerned. */
  invitationId: bigint;
  /** For an invitation to the bearer of its token. */
  token: string;
  /** Manages the organisation and the team. */
  keeper: bigint;
  /** The caller; 0n for nobody. */
  self: bigint;
  /** Somebody who is in nothing. */
  somebody: bigint;
}

/** One RPC: what is asked, and what it answers to each role, in the order of ROLES. */
export interface Row {
  method: DescMethodUnary;
  what: string;
  request: (stage: Stage) => Record<string, unknown>;
  /** "OK", a reason, or "hidden" for a list that lacks what it was asked for. */
  publicly: string[];
  /** With a private team; as `publicly` where it makes no difference. */
  privately: string[];
  /** Whether the answer shows what it was asked for. */
  shows?: (response: never, stage: Stage) => boolean;
}

function row<M extends DescMethodUnary>(
  method: M,
  what: string,
  request: (stage: Stage) => MessageInitShape<M["input"]>,
  publicly: string,
  privately: string = publicly,
  shows?: Row["shows"],
): Row {
  const words = (text: string) => text.split(" ").map((it) => WORDS[it] ?? it);
  return {
    method,
    what,
    request: request as Row["request"],
    publicly: words(publicly),
    privately: words(privately),
    ...(shows && { shows }),
  };
}

const WORDS: Record<string, string> = {
  "-": "TOKEN_MISSING",
  noTeam: "TEAM_NOT_FOUND",
  notTeam: "NOT_TEAM_MANAGER",
  notOrg: "NOT_ORGANISATION_MANAGER",
  notAdmin: "NOT_ADMINISTRATOR",
  noAsk: "JOIN_REQUEST_NOT_FOUND",
  noInv: "INVITATION_NOT_FOUND",
  notInv: "NOT_INVITED",
  in: "ALREADY_MEMBER",
};

const ANYBODY = "OK OK OK OK OK OK OK";
const SIGNED_IN = "- OK OK OK OK OK OK";
const OF_ORGANISATION = "- notOrg notOrg notOrg notOrg OK OK";
const OF_TEAM = "- notTeam notTeam notTeam OK OK OK";
const OF_PRIVATE_TEAM = "- noTeam noTeam notTeam OK OK OK";
const KNOWN_PRIVATE = "- noTeam noTeam OK OK OK OK";

const organisations = OrganisationService.method;
const teams = TeamService.method;
const requests = JoinRequestService.method;
const invitations = InvitationService.method;
const memberships = MembershipService.method;

const asCommand = <T extends object>(fields: T) => ({ requestId: randomUUID(), ...fields });
const withId = (list: string, id: string, of: keyof Stage) => (response: never, stage: Stage) =>
  (response as Record<string, Record<string, unknown>[]>)[list]?.some((it) => it[id] === stage[of]) === true;

export const ROWS: Row[] = [
  row(
    organisations.createOrganisation,
    "makes one",
    () => asCommand({ organisation: { name: `x ${randomUUID()}` } }),
    "- notAdmin notAdmin notAdmin notAdmin notAdmin OK",
  ),
  row(organisations.getOrganisation, "reads it", ({ organisationId }) => ({ organisationId }), ANYBODY),
  row(
    organisations.batchGetOrganisations,
    "reads it among others",
    ({ organisationId }) => ({ organisationIds: [organisationId] }),
    ANYBODY,
  ),
  row(
    organisations.listOrganisations,
    "finds it",
    ({ name }) => ({ query: name }),
    ANYBODY,
    ANYBODY,
    withId("organisations", "organisationId", "organisationId"),
  ),
  row(
    organisations.updateOrganisation,
    "describes it",
    ({ organisationId }) =>
      asCommand({
        organisation: { organisationId, description: "x" },
        updateMask: { paths: ["description"] },
        expectedRevision: 1n,
      }),
    OF_ORGANISATION,
  ),
  row(
    organisations.deleteOrganisation,
    "deletes it with its team",
    ({ organisationId }) => asCommand({ organisationId }),
    OF_ORGANISATION.replaceAll("OK", "ORGANISATION_HAS_TEAMS"),
  ),
  row(
    organisations.addOrganisationManager,
    "adds somebody",
    ({ organisationId, somebody }) => asCommand({ organisationId, userId: somebody }),
    OF_ORGANISATION,
  ),
  row(
    organisations.getOrganisationManager,
    "reads a manager",
    ({ organisationId, keeper }) => ({ organisationId, userId: keeper }),
    SIGNED_IN,
  ),
  row(
    organisations.listOrganisationManagers,
    "lists managers",
    ({ organisationId }) => ({ organisationId }),
    SIGNED_IN,
    SIGNED_IN,
    withId("managers", "userId", "keeper"),
  ),
  row(
    organisations.removeOrganisationManager,
    "removes a manager",
    ({ organisationId, keeper }) => asCommand({ organisationId, userId: keeper }),
    OF_ORGANISATION,
  ),
  row(
    teams.createTeam,
    "makes one in it",
    ({ organisationId }) => asCommand({ team: { organisationId, name: "Second" } }),
    OF_ORGANISATION,
  ),
  row(teams.getTeam, "reads it", ({ teamId }) => ({ teamId }), ANYBODY, "noTeam noTeam noTeam OK OK OK OK"),
  row(
    teams.batchGetTeams,
    "reads it among others",
    ({ teamId }) => ({ teamIds: [teamId] }),
    ANYBODY,
    "hidden hidden hidden OK OK OK OK",
    withId("teams", "teamId", "teamId"),
  ),
  row(
    teams.listTeams,
    "finds it",
    ({ organisationId }) => ({ organisationId }),
    ANYBODY,
    "hidden hidden hidden OK OK OK OK",
    withId("teams", "teamId", "teamId"),
  ),
  row(
    teams.updateTeam,
    "describes it",
    ({ teamId }) =>
      asCommand({
        team: { teamId, description: "x" },
        updateMask: { paths: ["description"] },
        expectedRevision: 1n,
      }),
    OF_TEAM,
    OF_PRIVATE_TEAM,
  ),
  row(
    teams.updateTeam,
    "gives it another name",
    ({ teamId }) =>
      asCommand({
        team: { teamId, name: "Other" },
        updateMask: { paths: ["name"] },
        expectedRevision: 1n,
      }),
    "- notTeam notTeam notTeam notOrg OK OK",
    "- noTeam noTeam notTeam notOrg OK OK",
  ),
  row(
    teams.deleteTeam,
    "deletes it",
    ({ teamId }) => asCommand({ teamId }),
    OF_ORGANISATION,
    "- noTeam noTeam notOrg notOrg OK OK",
  ),
  row(
    teams.setTeamMember,
    "joins",
    ({ teamId, self }) => asCommand({ teamId, userId: self || 1n }),
    SIGNED_IN,
    KNOWN_PRIVATE,
  ),
  row(
    teams.setTeamMember,
    "adds somebody",
    ({ teamId, somebody }) => asCommand({ teamId, userId: somebody }),
    OF_TEAM,
    OF_PRIVATE_TEAM,
  ),
  row(
    teams.setTeamMember,
    "makes themselves a manager",
    ({ teamId, self }) => asCommand({ teamId, userId: self || 1n, function: 2 }),
    OF_TEAM,
    OF_PRIVATE_TEAM,
  ),
  row(
    teams.getTeamMember,
    "reads a member",
    ({ teamId, keeper }) => ({ teamId, userId: keeper }),
    SIGNED_IN,
    KNOWN_PRIVATE,
  ),
  row(
    teams.listTeamMembers,
    "lists members",
    ({ teamId }) => ({ teamId }),
    SIGNED_IN,
    KNOWN_PRIVATE,
    withId("members", "userId", "keeper"),
  ),
  row(
    teams.removeTeamMember,
    "takes somebody out",
    ({ teamId, keeper }) => asCommand({ teamId, userId: keeper }),
    OF_TEAM,
    OF_PRIVATE_TEAM,
  ),
  row(
    teams.removeTeamMember,
    "leaves",
    ({ teamId, self }) => asCommand({ teamId, userId: self || 1n }),
    "- TEAM_MEMBER_NOT_FOUND TEAM_MEMBER_NOT_FOUND OK OK TEAM_MEMBER_NOT_FOUND TEAM_MEMBER_NOT_FOUND",
    "- noTeam noTeam OK OK TEAM_MEMBER_NOT_FOUND TEAM_MEMBER_NOT_FOUND",
  ),
  row(
    requests.createJoinRequest,
    "asks an open team",
    ({ teamId }) => asCommand({ teamId }),
    "- JOIN_METHOD_DIFFERS JOIN_METHOD_DIFFERS in in JOIN_METHOD_DIFFERS JOIN_METHOD_DIFFERS",
    "- noTeam noTeam in in JOIN_METHOD_DIFFERS JOIN_METHOD_DIFFERS",
  ),
  row(
    requests.getJoinRequest,
    "reads it",
    ({ teamId, joinRequestId }) => ({ teamId, joinRequestId }),
    "- OK noAsk noAsk OK OK OK",
  ),
  row(
    requests.listJoinRequests,
    "lists them",
    ({ teamId }) => ({ teamId }),
    OF_TEAM,
    OF_PRIVATE_TEAM,
    withId("joinRequests", "joinRequestId", "joinRequestId"),
  ),
  row(
    requests.decideJoinRequest,
    "accepts it",
    ({ teamId, joinRequestId }) => asCommand({ teamId, joinRequestId, state: JoinRequestState.ACCEPTED }),
    "- notTeam noAsk noAsk OK OK OK",
  ),
  row(
    requests.withdrawJoinRequest,
    "withdraws it",
    ({ teamId, joinRequestId }) => asCommand({ teamId, joinRequestId }),
    "- OK noAsk noAsk noAsk noAsk noAsk",
  ),
  row(
    invitations.createInvitation,
    "invites the bearer of a token",
    ({ teamId }) => asCommand({ teamId }),
    OF_TEAM,
    OF_PRIVATE_TEAM,
  ),
  row(
    invitations.getInvitation,
    "reads it",
    ({ invitationId }) => ({ invitationId }),
    "- OK noInv noInv OK OK OK",
  ),
  row(
    invitations.listInvitations,
    "lists their own",
    () => ({}),
    "- OK hidden hidden hidden hidden hidden",
    "- OK hidden hidden hidden hidden hidden",
    withId("invitations", "invitationId", "invitationId"),
  ),
  row(
    invitations.listTeamInvitations,
    "lists the team's",
    ({ teamId }) => ({ teamId }),
    OF_TEAM,
    OF_PRIVATE_TEAM,
    withId("invitations", "invitationId", "invitationId"),
  ),
  row(
    invitations.acceptInvitation,
    "accepts it by its number",
    ({ invitationId }) => asCommand({ invitationId }),
    "- OK noInv noInv notInv notInv notInv",
  ),
  row(
    invitations.acceptInvitation,
    "accepts it by its token",
    ({ token }) => asCommand({ token }),
    "- OK OK in in OK OK",
  ),
  row(
    invitations.declineInvitation,
    "declines it",
    ({ invitationId }) => asCommand({ invitationId }),
    "- OK noInv noInv notInv notInv notInv",
  ),
  row(
    invitations.withdrawInvitation,
    "withdraws it",
    ({ invitationId }) => asCommand({ invitationId }),
    "- notTeam noInv noInv OK OK OK",
  ),
  row(
    memberships.batchGetMemberships,
    "asks for somebody's",
    ({ keeper }) => ({ userIds: [keeper] }),
    SIGNED_IN,
    "- hidden hidden OK OK OK OK",
    (response, { teamId }) =>
      (response as { memberships: { teams: { teamId: number }[] }[] }).memberships.some((it) =>
        it.teams.some((team) => team.teamId === teamId),
      ),
  ),
  row(
    memberships.getCurrentUserMemberships,
    "asks for their own",
    () => ({}),
    "- hidden hidden OK OK hidden hidden",
    "- hidden hidden OK OK hidden hidden",
    (response, { teamId }) =>
      (response as { memberships: { teams: { teamId: number }[] } }).memberships.teams.some(
        (team) => team.teamId === teamId,
      ),
  ),
  row(
    memberships.getUserMemberships,
    "asks as only services do",
    ({ keeper }) => ({ userId: keeper }),
    "- SCOPE_MISSING SCOPE_MISSING SCOPE_MISSING SCOPE_MISSING SCOPE_MISSING SCOPE_MISSING",
  ),
];
