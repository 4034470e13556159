import type { JsonObject } from "@bufbuild/protobuf";
import { InvitationService } from "@tessera/contracts/tessera/auth/v1/invitation_service_pb.ts";
import { JoinRequestService } from "@tessera/contracts/tessera/auth/v1/join_request_service_pb.ts";
import { MembershipService } from "@tessera/contracts/tessera/auth/v1/membership_service_pb.ts";
import { JoinMethod, TeamVisibility } from "@tessera/contracts/tessera/auth/v1/team_pb.ts";
import { TeamService } from "@tessera/contracts/tessera/auth/v1/team_service_pb.ts";
import { type Case, casesOf, command, NOWHERE } from "../ground/case.ts";
import { newAccount, newAdministeringProgram } from "../ground/machine-ground.ts";
import { block, limits, organisationGround, teamStage } from "../ground/team-ground.ts";
import type { World } from "../ground/world.ts";

const teams = TeamService.method;
const requests = JoinRequestService.method;
const invitations = InvitationService.method;
const memberships = MembershipService.method;

const BY_REQUEST = { joinMethod: JoinMethod.BY_REQUEST };
const PRIVATE = { visibility: TeamVisibility.PRIVATE };

type Stage = Awaited<ReturnType<typeof teamStage>>;
type Play = Case["play"];

/** A case that plays in a team of its own. */
function inTeam(
  play: (stage: Stage, w: World) => ReturnType<Play> | Awaited<ReturnType<Play>>,
  settings: Parameters<typeof teamStage>[1] = {},
): Play {
  return async (w) => play(await teamStage(w, settings), w);
}

const update = (teamId: number, fields: JsonObject, revision = 1) =>
  command({
    team: { team_id: teamId, ...fields },
    update_mask: Object.keys(fields).join(","),
    expected_revision: revision,
  });

const of = (teamId: number, userId: number): JsonObject => ({ team_id: teamId, user_id: userId });

const TEAMS: Case[] = [
  ...casesOf(
    teams.createTeam,
    [
      "by a manager of the organisation",
      "OK",
      async (w) => {
        const { organisationId, manager } = await organisationGround(w);
        const team = { organisation_id: organisationId, name: "First", purposes: ["TEAM_PURPOSE_MAPPING"] };
        return { request: command({ team }), who: manager.who };
      },
    ],
    [
      "in an organisation that is not",
      "ORGANISATION_NOT_FOUND",
      async ({ admin }) => ({
        request: command({ team: { organisation_id: NOWHERE, name: "x" } }),
        who: admin,
      }),
    ],
    [
      "by its team's manager",
      "NOT_ORGANISATION_MANAGER",
      inTeam(({ organisationId, lead }) => ({
        request: command({ team: { organisation_id: organisationId, name: "x" } }),
        who: lead.who,
      })),
    ],
    [
      "by a service account",
      "USER_NOT_ADMISSIBLE",
      inTeam(async ({ organisationId }, w) => ({
        request: command({ team: { organisation_id: organisationId, name: "x" } }),
        who: await newAdministeringProgram(w),
      })),
    ],
    [
      "under a name that another has",
      "TEAM_NAME_TAKEN",
      inTeam(({ organisationId, manager }) => ({
        request: command({ team: { organisation_id: organisationId, name: "FIRST" } }),
        who: manager.who,
      })),
    ],
    [
      "one too many",
      "TEAM_LIMIT_REACHED",
      async (w) => {
        const { organisationId, manager } = await organisationGround(w);
        await limits(w).teams(organisationId);
        const team = { organisation_id: organisationId, name: "First" };
        return { request: command({ team }), who: manager.who };
      },
    ],
    [
      "without a name",
      "FIELD_INVALID",
      async ({ admin }) => ({ request: command({ team: { organisation_id: 1 } }), who: admin }),
    ],
  ),
  ...casesOf(
    teams.getTeam,
    ["by nobody", "OK", inTeam(({ teamId }) => ({ request: { team_id: teamId } }))],
    [
      "a private one, by a mapper",
      "TEAM_NOT_FOUND",
      inTeam(({ teamId }, { mapper }) => ({ request: { team_id: teamId }, who: mapper }), PRIVATE),
    ],
    [
      "a private one, by a member",
      "OK",
      inTeam(({ teamId, member }) => ({ request: { team_id: teamId }, who: member.who }), PRIVATE),
    ],
  ),
  ...casesOf(
    teams.batchGetTeams,
    ["some", "OK", inTeam(({ teamId }) => ({ request: { team_ids: [teamId, NOWHERE] } }))],
    ["team number 0", "FIELD_INVALID", async () => ({ request: { team_ids: [0] } })],
    [
      "too many",
      "FIELD_INVALID",
      async () => ({ request: { team_ids: Array.from({ length: 101 }, (_, index) => index + 1) } }),
    ],
    ["one twice", "FIELD_INVALID", async () => ({ request: { team_ids: [1, 1] } })],
  ),
  ...casesOf(
    teams.listTeams,
    ["by nobody", "OK", async () => ({ request: { query: "first", purpose: "TEAM_PURPOSE_MAPPING" } })],
    ["with a forged page token", "PAGE_TOKEN_INVALID", async () => ({ request: { page_token: "abc" } })],
    ["with a negative page", "FIELD_INVALID", async () => ({ request: { page_size: -1 } })],
    ["of organisation number 0", "FIELD_INVALID", async () => ({ request: { organisation_id: 0 } })],
  ),
  ...casesOf(
    teams.updateTeam,
    [
      "by its manager",
      "OK",
      inTeam(({ teamId, lead }) => ({
        request: update(teamId, {
          purposes: ["TEAM_PURPOSE_VALIDATION"],
          visibility: "TEAM_VISIBILITY_PRIVATE",
        }),
        who: lead.who,
      })),
    ],
    [
      "a private one, by a mapper",
      "TEAM_NOT_FOUND",
      inTeam(
        ({ teamId }, { mapper }) => ({ request: update(teamId, { description: "x" }), who: mapper }),
        PRIVATE,
      ),
    ],
    [
      "by a member",
      "NOT_TEAM_MANAGER",
      inTeam(({ teamId, member }) => ({ request: update(teamId, { description: "x" }), who: member.who })),
    ],
    [
      "its name, by its manager",
      "NOT_ORGANISATION_MANAGER",
      inTeam(({ teamId, lead }) => ({ request: update(teamId, { name: "x" }), who: lead.who })),
    ],
    [
      "that is at another revision",
      "TEAM_CHANGED",
      inTeam(({ teamId, lead }) => ({ request: update(teamId, { description: "x" }, 7), who: lead.who })),
    ],
    [
      "to a name that another has",
      "TEAM_NAME_TAKEN",
      inTeam(async ({ teamId, organisationId, manager }, w) => {
        await limits(w).teams(organisationId);
        return { request: update(teamId, { name: "17" }), who: manager.who };
      }),
    ],
    [
      "to a purpose that is none",
      "FIELD_INVALID",
      inTeam(({ teamId, lead }) => ({ request: update(teamId, { purposes: [99] }), who: lead.who })),
    ],
  ),
  ...casesOf(
    teams.deleteTeam,
    [
      "by a manager of the organisation",
      "OK",
      inTeam(({ teamId, manager }) => ({ request: command({ team_id: teamId }), who: manager.who })),
    ],
    [
      "one that is not",
      "TEAM_NOT_FOUND",
      async ({ admin }) => ({ request: command({ team_id: NOWHERE }), who: admin }),
    ],
    [
      "by its manager",
      "NOT_ORGANISATION_MANAGER",
      inTeam(({ teamId, lead }) => ({ request: command({ team_id: teamId }), who: lead.who })),
    ],
  ),
];

const MEMBERS: Case[] = [
  ...casesOf(
    teams.setTeamMember,
    [
      "who joins",
      "OK",
      inTeam(async ({ teamId }, { newPerson }) => {
        const { userId, who } = await newPerson();
        return { request: command(of(teamId, userId)), who };
      }),
    ],
    [
      "who is made a manager",
      "OK",
      inTeam(({ teamId, lead, member }) => ({
        request: command({ ...of(teamId, member.userId), function: "MEMBER_FUNCTION_MANAGER" }),
        who: lead.who,
      })),
    ],
    [
      "of a private team, by a mapper",
      "TEAM_NOT_FOUND",
      inTeam(({ teamId }, { mapper }) => ({ request: command(of(teamId, 1)), who: mapper }), PRIVATE),
    ],
    [
      "another, by a mapper",
      "NOT_TEAM_MANAGER",
      inTeam(({ teamId, lead }, { mapper }) => ({
        request: command(of(teamId, lead.userId)),
        who: mapper,
      })),
    ],
    [
      "who joins a team that is asked first",
      "JOIN_METHOD_DIFFERS",
      inTeam(async ({ teamId }, { newPerson }) => {
        const { userId, who } = await newPerson();
        return { request: command(of(teamId, userId)), who };
      }, BY_REQUEST),
    ],
    [
      "who is blocked",
      "USER_NOT_ADMISSIBLE",
      inTeam(async ({ teamId, lead }, { blockedPerson }) => ({
        request: command(of(teamId, await blockedPerson())),
        who: lead.who,
      })),
    ],
    [
      "a service account",
      "USER_NOT_ADMISSIBLE",
      inTeam(async ({ teamId, lead }, w) => {
        const { userId } = await newAccount(w);
        return { request: command(of(teamId, userId)), who: lead.who };
      }),
    ],
    [
      "a member who was blocked, to be a manager",
      "USER_NOT_ADMISSIBLE",
      inTeam(async ({ teamId, lead, member }, w) => {
        await block(w, member.userId);
        const request = command({ ...of(teamId, member.userId), function: "MEMBER_FUNCTION_MANAGER" });
        return { request, who: lead.who };
      }),
    ],
    [
      "a member who was blocked, as before",
      "OK",
      inTeam(async ({ teamId, lead, member }, w) => {
        await block(w, member.userId);
        return { request: command(of(teamId, member.userId)), who: lead.who };
      }),
    ],
    [
      "who was deleted",
      "USER_NOT_FOUND",
      inTeam(async ({ teamId, lead }, { deletedPerson }) => ({
        request: command(of(teamId, await deletedPerson())),
        who: lead.who,
      })),
    ],
    [
      "the last manager, to be none",
      "LAST_MANAGER",
      inTeam(({ teamId, lead }) => ({
        request: command({ ...of(teamId, lead.userId), function: "MEMBER_FUNCTION_MEMBER" }),
        who: lead.who,
      })),
    ],
    [
      "one too many",
      "TEAM_MEMBER_LIMIT_REACHED",
      inTeam(async ({ teamId }, w) => {
        await limits(w).members(teamId);
        const { userId, who } = await w.newPerson();
        return { request: command(of(teamId, userId)), who };
      }),
    ],
    [
      "with a function that is none",
      "FIELD_INVALID",
      inTeam(({ teamId, lead, member }) => ({
        request: command({ ...of(teamId, member.userId), function: 9 }),
        who: lead.who,
      })),
    ],
  ),
  ...casesOf(
    teams.getTeamMember,
    [
      "by a mapper",
      "OK",
      inTeam(({ teamId, member }, { mapper }) => ({ request: of(teamId, member.userId), who: mapper })),
    ],
    [
      "of a private team, by a mapper",
      "TEAM_NOT_FOUND",
      inTeam(
        ({ teamId, member }, { mapper }) => ({ request: of(teamId, member.userId), who: mapper }),
        PRIVATE,
      ),
    ],
    [
      "who is none",
      "TEAM_MEMBER_NOT_FOUND",
      inTeam(({ teamId }, { mapper }) => ({ request: of(teamId, NOWHERE), who: mapper })),
    ],
    ["by nobody", "TOKEN_MISSING", async () => ({ request: of(NOWHERE, NOWHERE) })],
  ),
  ...casesOf(
    teams.listTeamMembers,
    [
      "by a mapper",
      "OK",
      inTeam(({ teamId }, { mapper }) => ({
        request: { team_id: teamId, function: "MEMBER_FUNCTION_MANAGER" },
        who: mapper,
      })),
    ],
    [
      "of a private team, by a mapper",
      "TEAM_NOT_FOUND",
      inTeam(({ teamId }, { mapper }) => ({ request: { team_id: teamId }, who: mapper }), PRIVATE),
    ],
    [
      "with a forged page token",
      "PAGE_TOKEN_INVALID",
      async ({ mapper }) => ({ request: { team_id: NOWHERE, page_token: "abc" }, who: mapper }),
    ],
  ),
  ...casesOf(
    teams.removeTeamMember,
    [
      "who leaves",
      "OK",
      inTeam(({ teamId, member }) => ({ request: command(of(teamId, member.userId)), who: member.who })),
    ],
    [
      "of a team that is not",
      "TEAM_NOT_FOUND",
      async ({ mapper }) => ({ request: command(of(NOWHERE, 1)), who: mapper }),
    ],
    [
      "another, by a member",
      "NOT_TEAM_MANAGER",
      inTeam(({ teamId, lead, member }) => ({
        request: command(of(teamId, lead.userId)),
        who: member.who,
      })),
    ],
    [
      "who is none",
      "TEAM_MEMBER_NOT_FOUND",
      inTeam(({ teamId, lead }) => ({ request: command(of(teamId, NOWHERE)), who: lead.who })),
    ],
    [
      "who is the last manager",
      "LAST_MANAGER",
      inTeam(({ teamId, lead }, { admin }) => ({
        request: command(of(teamId, lead.userId)),
        who: admin,
      })),
    ],
  ),
];

const asked = (teamId: number, joinRequestId: number): JsonObject => ({
  team_id: teamId,
  join_request_id: joinRequestId,
});
const ACCEPTED = { state: "JOIN_REQUEST_STATE_ACCEPTED" };

const REQUESTS: Case[] = [
  ...casesOf(
    requests.createJoinRequest,
    [
      "by a mapper",
      "OK",
      inTeam(async ({ teamId }, { newPerson }) => {
        const { who } = await newPerson();
        return { request: command({ team_id: teamId, message: "Let me in." }), who };
      }, BY_REQUEST),
    ],
    [
      "of a team that is not",
      "TEAM_NOT_FOUND",
      async ({ mapper }) => ({ request: command({ team_id: NOWHERE }), who: mapper }),
    ],
    [
      "by a service account",
      "USER_NOT_ADMISSIBLE",
      inTeam(async ({ teamId }, w) => {
        const who = await newAdministeringProgram(w);
        return { request: command({ team_id: teamId }), who };
      }, BY_REQUEST),
    ],
    [
      "by a member",
      "ALREADY_MEMBER",
      inTeam(
        ({ teamId, member }) => ({ request: command({ team_id: teamId }), who: member.who }),
        BY_REQUEST,
      ),
    ],
    [
      "of an open team",
      "JOIN_METHOD_DIFFERS",
      inTeam(({ teamId }, { mapper }) => ({ request: command({ team_id: teamId }), who: mapper })),
    ],
    [
      "a second",
      "JOIN_REQUEST_OPEN",
      inTeam(async ({ teamId, newAsker }) => {
        const { asker } = await newAsker();
        return { request: command({ team_id: teamId }), who: asker.who };
      }, BY_REQUEST),
    ],
    [
      "one too many",
      "JOIN_REQUEST_LIMIT_REACHED",
      inTeam(async ({ teamId, organisationId }, w) => {
        const { userId, who } = await w.newPerson();
        await limits(w).joinRequests(organisationId, userId);
        return { request: command({ team_id: teamId }), who };
      }, BY_REQUEST),
    ],
    [
      "with a message of control characters",
      "FIELD_INVALID",
      inTeam(
        ({ teamId }, { mapper }) => ({
          request: command({ team_id: teamId, message: "a\u0007" }),
          who: mapper,
        }),
        BY_REQUEST,
      ),
    ],
  ),
  ...casesOf(
    requests.getJoinRequest,
    [
      "by who made it",
      "OK",
      inTeam(async ({ teamId, newAsker }) => {
        const { asker, joinRequestId } = await newAsker();
        return { request: asked(teamId, joinRequestId), who: asker.who };
      }, BY_REQUEST),
    ],
    [
      "by a member",
      "JOIN_REQUEST_NOT_FOUND",
      inTeam(async ({ teamId, newAsker, member }) => {
        const { joinRequestId } = await newAsker();
        return { request: asked(teamId, joinRequestId), who: member.who };
      }, BY_REQUEST),
    ],
  ),
  ...casesOf(
    requests.listJoinRequests,
    [
      "by a manager",
      "OK",
      inTeam(({ teamId, lead }) => ({
        request: { team_id: teamId, state: "JOIN_REQUEST_STATE_OPEN" },
        who: lead.who,
      })),
    ],
    [
      "of a team that is not",
      "TEAM_NOT_FOUND",
      async ({ mapper }) => ({ request: { team_id: NOWHERE }, who: mapper }),
    ],
    [
      "by a member",
      "NOT_TEAM_MANAGER",
      inTeam(({ teamId, member }) => ({ request: { team_id: teamId }, who: member.who })),
    ],
    [
      "with a forged page token",
      "PAGE_TOKEN_INVALID",
      async ({ mapper }) => ({ request: { team_id: NOWHERE, page_token: "abc" }, who: mapper }),
    ],
  ),
  ...casesOf(
    requests.decideJoinRequest,
    [
      "by a manager",
      "OK",
      inTeam(async ({ teamId, newAsker, lead }) => {
        const { joinRequestId } = await newAsker();
        const request = command({ ...asked(teamId, joinRequestId), ...ACCEPTED, message: "Welcome." });
        return { request, who: lead.who };
      }, BY_REQUEST),
    ],
    [
      "one that is not",
      "JOIN_REQUEST_NOT_FOUND",
      inTeam(({ teamId, lead }) => ({
        request: command({ ...asked(teamId, NOWHERE), ...ACCEPTED }),
        who: lead.who,
      })),
    ],
    [
      "one's own",
      "NOT_TEAM_MANAGER",
      inTeam(async ({ teamId, newAsker }) => {
        const { asker, joinRequestId } = await newAsker();
        return { request: command({ ...asked(teamId, joinRequestId), ...ACCEPTED }), who: asker.who };
      }, BY_REQUEST),
    ],
    [
      "that was withdrawn",
      "JOIN_REQUEST_CLOSED",
      inTeam(async ({ teamId, newAsker, withdraw, lead }) => {
        const { asker, joinRequestId } = await newAsker();
        await withdraw(joinRequestId, asker);
        return { request: command({ ...asked(teamId, joinRequestId), ...ACCEPTED }), who: lead.who };
      }, BY_REQUEST),
    ],
    [
      "of who was blocked meanwhile",
      "USER_NOT_ADMISSIBLE",
      inTeam(async ({ teamId, newAsker, lead }, w) => {
        const { asker, joinRequestId } = await newAsker();
        await block(w, asker.userId);
        return { request: command({ ...asked(teamId, joinRequestId), ...ACCEPTED }), who: lead.who };
      }, BY_REQUEST),
    ],
    [
      "one too many",
      "TEAM_MEMBER_LIMIT_REACHED",
      inTeam(async ({ teamId, newAsker, lead }, w) => {
        const { joinRequestId } = await newAsker();
        await limits(w).members(teamId);
        return { request: command({ ...asked(teamId, joinRequestId), ...ACCEPTED }), who: lead.who };
      }, BY_REQUEST),
    ],
    [
      "neither way",
      "FIELD_INVALID",
      inTeam(({ teamId, lead }) => ({
        request: command({ ...asked(teamId, 1), state: "JOIN_REQUEST_STATE_WITHDRAWN" }),
        who: lead.who,
      })),
    ],
  ),
  ...casesOf(
    requests.withdrawJoinRequest,
    [
      "by who made it",
      "OK",
      inTeam(async ({ teamId, newAsker }) => {
        const { asker, joinRequestId } = await newAsker();
        return { request: command(asked(teamId, joinRequestId)), who: asker.who };
      }, BY_REQUEST),
    ],
    [
      "by a manager of the team",
      "JOIN_REQUEST_NOT_FOUND",
      inTeam(async ({ teamId, newAsker, lead }) => {
        const { joinRequestId } = await newAsker();
        return { request: command(asked(teamId, joinRequestId)), who: lead.who };
      }, BY_REQUEST),
    ],
    [
      "a second time",
      "JOIN_REQUEST_CLOSED",
      inTeam(async ({ teamId, newAsker, withdraw }) => {
        const { asker, joinRequestId } = await newAsker();
        await withdraw(joinRequestId, asker);
        return { request: command(asked(teamId, joinRequestId)), who: asker.who };
      }, BY_REQUEST),
    ],
  ),
];

const INVITATIONS: Case[] = [
  ...casesOf(
    invitations.createInvitation,
    [
      "for the bearer of the token",
      "OK",
      inTeam(({ teamId, lead }) => ({
        request: command({ team_id: teamId, lifetime: "60s" }),
        who: lead.who,
      })),
    ],
    [
      "of a team that is not",
      "TEAM_NOT_FOUND",
      async ({ mapper }) => ({ request: command({ team_id: NOWHERE }), who: mapper }),
    ],
    [
      "by a member",
      "NOT_TEAM_MANAGER",
      inTeam(({ teamId, member }) => ({ request: command({ team_id: teamId }), who: member.who })),
    ],
    [
      "for who is not",
      "USER_NOT_FOUND",
      inTeam(({ teamId, lead }) => ({ request: command(of(teamId, NOWHERE)), who: lead.who })),
    ],
    [
      "for who is blocked",
      "USER_NOT_ADMISSIBLE",
      inTeam(async ({ teamId, lead }, { blockedPerson }) => ({
        request: command(of(teamId, await blockedPerson())),
        who: lead.who,
      })),
    ],
    [
      "for who was deleted",
      "USER_NOT_FOUND",
      inTeam(async ({ teamId, lead }, { deletedPerson }) => ({
        request: command(of(teamId, await deletedPerson())),
        who: lead.who,
      })),
    ],
    [
      "for a service account",
      "USER_NOT_ADMISSIBLE",
      inTeam(async ({ teamId, lead }, w) => {
        const { userId } = await newAccount(w);
        return { request: command(of(teamId, userId)), who: lead.who };
      }),
    ],
    [
      "for a member",
      "ALREADY_MEMBER",
      inTeam(({ teamId, lead, member }) => ({ request: command(of(teamId, member.userId)), who: lead.who })),
    ],
    [
      "a second for the same",
      "INVITATION_OPEN",
      inTeam(async ({ teamId, lead, newGuest }) => {
        const { guest } = await newGuest();
        return { request: command(of(teamId, guest.userId)), who: lead.who };
      }),
    ],
    [
      "one too many",
      "INVITATION_LIMIT_REACHED",
      inTeam(async ({ teamId, lead }, w) => {
        await limits(w).invitations(teamId);
        return { request: command({ team_id: teamId }), who: lead.who };
      }),
    ],
    [
      "for user number 0",
      "FIELD_INVALID",
      inTeam(({ teamId, lead }) => ({ request: command({ team_id: teamId, user_id: 0 }), who: lead.who })),
    ],
    [
      "for longer than may be",
      "FIELD_INVALID",
      inTeam(({ teamId, lead }) => ({
        request: command({ team_id: teamId, lifetime: "7776001s" }),
        who: lead.who,
      })),
    ],
  ),
  ...casesOf(
    invitations.getInvitation,
    [
      "by who is invited",
      "OK",
      inTeam(async ({ newGuest }) => {
        const { guest, invitationId } = await newGuest();
        return { request: { invitation_id: invitationId }, who: guest.who };
      }, PRIVATE),
    ],
    [
      "by a member",
      "INVITATION_NOT_FOUND",
      inTeam(async ({ newGuest, member }) => {
        const { invitationId } = await newGuest();
        return { request: { invitation_id: invitationId }, who: member.who };
      }),
    ],
  ),
  ...casesOf(
    invitations.listInvitations,
    ["one's own", "OK", async ({ mapper }) => ({ request: { state: "INVITATION_STATE_OPEN" }, who: mapper })],
    [
      "with a forged page token",
      "PAGE_TOKEN_INVALID",
      async ({ mapper }) => ({ request: { page_token: "abc" }, who: mapper }),
    ],
  ),
  ...casesOf(
    invitations.listTeamInvitations,
    ["by a manager", "OK", inTeam(({ teamId, lead }) => ({ request: { team_id: teamId }, who: lead.who }))],
    [
      "of a team that is not",
      "TEAM_NOT_FOUND",
      async ({ mapper }) => ({ request: { team_id: NOWHERE }, who: mapper }),
    ],
    [
      "by a member",
      "NOT_TEAM_MANAGER",
      inTeam(({ teamId, member }) => ({ request: { team_id: teamId }, who: member.who })),
    ],
    [
      "with a forged page token",
      "PAGE_TOKEN_INVALID",
      async ({ mapper }) => ({ request: { team_id: NOWHERE, page_token: "abc" }, who: mapper }),
    ],
  ),
];

const ANSWERS: Case[] = [
  ...casesOf(
    invitations.acceptInvitation,
    [
      "by who is invited",
      "OK",
      inTeam(async ({ newGuest }) => {
        const { guest, invitationId } = await newGuest();
        return { request: command({ invitation_id: invitationId }), who: guest.who };
      }, PRIVATE),
    ],
    [
      "by who brings the token",
      "OK",
      inTeam(async ({ newToken }, { newPerson }) => {
        const { who } = await newPerson();
        return { request: command({ token: await newToken() }), who };
      }, PRIVATE),
    ],
    [
      "by a token that is none",
      "INVITATION_NOT_FOUND",
      async ({ mapper }) => ({ request: command({ token: "x".repeat(43) }), who: mapper }),
    ],
    [
      "of somebody else",
      "NOT_INVITED",
      inTeam(async ({ newGuest, manager }) => {
        const { invitationId } = await newGuest();
        return { request: command({ invitation_id: invitationId }), who: manager.who };
      }),
    ],
    [
      "by a service account that brings the token",
      "USER_NOT_ADMISSIBLE",
      inTeam(async ({ newToken }, w) => ({
        request: command({ token: await newToken() }),
        who: await newAdministeringProgram(w),
      })),
    ],
    [
      "that was declined",
      "INVITATION_CLOSED",
      inTeam(async ({ newGuest, decline }) => {
        const { guest, invitationId } = await newGuest();
        await decline(invitationId, guest);
        return { request: command({ invitation_id: invitationId }), who: guest.who };
      }),
    ],
    [
      "by a member",
      "ALREADY_MEMBER",
      inTeam(async ({ newToken, member }) => ({
        request: command({ token: await newToken() }),
        who: member.who,
      })),
    ],
    [
      "one too many",
      "TEAM_MEMBER_LIMIT_REACHED",
      inTeam(async ({ teamId, newToken }, w) => {
        await limits(w).members(teamId);
        return { request: command({ token: await newToken() }), who: w.mapper };
      }),
    ],
    [
      "by both its number and a token",
      "FIELD_INVALID",
      async ({ mapper }) => ({ request: command({ invitation_id: 1, token: "x" }), who: mapper }),
    ],
  ),
  ...casesOf(
    invitations.declineInvitation,
    [
      "by who is invited",
      "OK",
      inTeam(async ({ newGuest }) => {
        const { guest, invitationId } = await newGuest();
        return { request: command({ invitation_id: invitationId }), who: guest.who };
      }),
    ],
    [
      "one that is not",
      "INVITATION_NOT_FOUND",
      async ({ mapper }) => ({ request: command({ invitation_id: NOWHERE }), who: mapper }),
    ],
    [
      "of somebody else",
      "NOT_INVITED",
      inTeam(async ({ newGuest, lead }) => {
        const { invitationId } = await newGuest();
        return { request: command({ invitation_id: invitationId }), who: lead.who };
      }),
    ],
    [
      "a second time",
      "INVITATION_CLOSED",
      inTeam(async ({ newGuest, decline }) => {
        const { guest, invitationId } = await newGuest();
        await decline(invitationId, guest);
        return { request: command({ invitation_id: invitationId }), who: guest.who };
      }),
    ],
  ),
  ...casesOf(
    invitations.withdrawInvitation,
    [
      "by a manager",
      "OK",
      inTeam(async ({ newGuest, lead }) => {
        const { invitationId } = await newGuest();
        return { request: command({ invitation_id: invitationId }), who: lead.who };
      }),
    ],
    [
      "one that is not",
      "INVITATION_NOT_FOUND",
      async ({ mapper }) => ({ request: command({ invitation_id: NOWHERE }), who: mapper }),
    ],
    [
      "by who is invited",
      "NOT_TEAM_MANAGER",
      inTeam(async ({ newGuest }) => {
        const { guest, invitationId } = await newGuest();
        return { request: command({ invitation_id: invitationId }), who: guest.who };
      }),
    ],
    [
      "that was declined",
      "INVITATION_CLOSED",
      inTeam(async ({ newGuest, decline, lead }) => {
        const { guest, invitationId } = await newGuest();
        await decline(invitationId, guest);
        return { request: command({ invitation_id: invitationId }), who: lead.who };
      }),
    ],
  ),
];

const MEMBERSHIPS: Case[] = [
  ...casesOf(
    memberships.getCurrentUserMemberships,
    ["of the caller", "OK", async ({ mapper }) => ({ request: {}, who: mapper })],
    ["by nobody", "TOKEN_MISSING", async () => ({ request: {} })],
  ),
  ...casesOf(
    memberships.batchGetMemberships,
    ["of some", "OK", async ({ mapper }) => ({ request: { user_ids: [1, NOWHERE] }, who: mapper })],
    ["of nobody", "FIELD_INVALID", async ({ mapper }) => ({ request: { user_ids: [] }, who: mapper })],
    ["by nobody", "TOKEN_MISSING", async () => ({ request: { user_ids: [1] } })],
  ),
  ...casesOf(
    memberships.getUserMemberships,
    ["by a service", "OK", async ({ newService }) => ({ request: { user_id: 1 }, who: await newService() })],
    ["by a person", "SCOPE_MISSING", async ({ admin }) => ({ request: { user_id: 1 }, who: admin })],
  ),
];

/** Every answer of the services of teams. */
export const TEAM_CASES: readonly Case[] = [
  ...TEAMS,
  ...MEMBERS,
  ...REQUESTS,
  ...INVITATIONS,
  ...ANSWERS,
  ...MEMBERSHIPS,
];
