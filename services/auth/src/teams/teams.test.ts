import { randomUUID } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import { ListOrganisationsRequestSchema } from "@tessera/contracts/tessera/auth/v1/organisation_service_pb.ts";
import { JoinMethod, MemberFunction, TeamVisibility } from "@tessera/contracts/tessera/auth/v1/team_pb.ts";
import { ListTeamsRequestSchema } from "@tessera/contracts/tessera/auth/v1/team_service_pb.ts";
import { pageToken } from "@tessera/rpc/page-token.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { removeMemberships } from "../memberships/store.ts";
import { refusalOf, type TestSystem, testSystem } from "../testing/system.ts";
import { idIn, type TeamGround, teamGround } from "../testing/teams.ts";

let system: TestSystem;
let ground: TeamGround;

beforeAll(async () => {
  system = await testSystem();
  ground = await teamGround(system);
});

afterAll(() => system.stop());

const requestId = () => randomUUID();
const reasonOf = async (call: Promise<unknown>) => (await refusalOf(call)).reason;

/** The published events of a team, the oldest first. */
async function eventsOf(teamId: number) {
  const { sql } = system.database;
  const rows = await sql<{ kind: AuthEventKind; user_id: bigint; actor: bigint; details: object }[]>`
    select kind, user_id, actor, details from events where team_id = ${teamId} order by commit_time`;
  return rows;
}

test("a team's events cover its creation, its changes and its end", async () => {
  const { teams, manager, organisationId, newPerson } = ground;
  const name = `Wandering ${randomUUID()}`;
  const made = await teams.createTeam({ requestId: requestId(), team: { organisationId, name } }, manager);
  const teamId = idIn(made.acknowledgement?.name);
  const { team } = await teams.getTeam({ teamId });
  expect(team).toMatchObject({ name, visibility: TeamVisibility.PUBLIC, memberCount: 1, revision: 1n });
  expect(team?.joinMethod).toBe(JoinMethod.BY_INVITE);
  const { userId } = await newPerson();
  await teams.setTeamMember({ requestId: requestId(), teamId, userId }, manager);
  await teams.setTeamMember(
    { requestId: requestId(), teamId, userId, function: MemberFunction.MANAGER },
    manager,
  );
  const change = { team: { teamId, joinMethod: JoinMethod.OPEN }, expectedRevision: 1n };
  await teams.updateTeam(
    { requestId: requestId(), ...change, updateMask: { paths: ["join_method"] } },
    manager,
  );
  await teams.removeTeamMember({ requestId: requestId(), teamId, userId }, manager);
  await teams.deleteTeam({ requestId: requestId(), teamId }, manager);
  const { TEAM_CREATED, TEAM_MEMBER_ADDED, TEAM_MEMBER_CHANGED, TEAM_CHANGED } = AuthEventKind;
  const events = await eventsOf(teamId);
  expect(events.map((it) => it.kind)).toEqual([
    TEAM_CREATED,
    TEAM_MEMBER_ADDED,
    TEAM_MEMBER_ADDED,
    TEAM_MEMBER_CHANGED,
    TEAM_CHANGED,
    AuthEventKind.TEAM_MEMBER_REMOVED,
    AuthEventKind.TEAM_DELETED,
  ]);
  expect(events[3]).toMatchObject({ user_id: userId, actor: manager.userId });
  expect(events[3]?.details).toEqual({ visibility: "PUBLIC", function: "MANAGER" });
  expect(events[4]?.details).toEqual({ visibility: "PUBLIC", join_method: "OPEN" });
  expect(await reasonOf(teams.getTeam({ teamId }))).toBe("TEAM_NOT_FOUND");
});

test("a private team is in no list and no answer for who may not know of it", async () => {
  const { teams, memberships, newTeam, newMember, newPerson, manager, admin, organisationId } = ground;
  const { teamId } = await newTeam({ visibility: TeamVisibility.PRIVATE });
  const member = await newMember(teamId);
  const outsider = await newPerson();
  const lists = async (who?: { headers: { authorization: string } }) => {
    const found = await teams.listTeams({ organisationId, pageSize: 100 }, who);
    return found.teams.some((it) => it.teamId === teamId);
  };
  expect(await Promise.all([member, manager, admin].map(lists))).toEqual([true, true, true]);
  expect(await Promise.all([undefined, outsider].map(lists))).toEqual([false, false]);
  const missing = async (who?: { headers: { authorization: string } }) =>
    (await teams.batchGetTeams({ teamIds: [teamId] }, who)).missingTeamIds;
  expect(await Promise.all([member, undefined, outsider].map(missing))).toEqual([[], [teamId], [teamId]]);
  const nowhere = 2_000_000;
  const calls = (id: number) => [
    teams.getTeam({ teamId: id }),
    teams.getTeam({ teamId: id }, outsider),
    teams.listTeamMembers({ teamId: id }, outsider),
    teams.setTeamMember({ requestId: requestId(), teamId: id, userId: outsider.userId }, outsider),
    ground.joinRequests.createJoinRequest({ requestId: requestId(), teamId: id }, outsider),
    ground.invitations.createInvitation({ requestId: requestId(), teamId: id }, outsider),
  ];
  for (const refusal of await Promise.all(calls(teamId).map(refusalOf)))
    expect(refusal).toEqual({ reason: "TEAM_NOT_FOUND", metadata: { team_id: String(teamId) } });
  for (const refusal of await Promise.all(calls(nowhere).map(refusalOf)))
    expect(refusal.reason).toBe("TEAM_NOT_FOUND");

  const shownTo = async (who: { headers: { authorization: string } }) => {
    const answer = await memberships.batchGetMemberships({ userIds: [member.userId] }, who);
    return answer.memberships[0]?.teams.map((it) => it.teamId);
  };
  expect(await shownTo(outsider)).toEqual([]);
  expect(await shownTo(member)).toEqual([teamId]);
  expect(await shownTo(manager)).toEqual([teamId]);
  const service = await system.signInService("mapper-90000");
  const all = await memberships.getUserMemberships({ userId: member.userId }, service);
  expect(all.memberships?.teams.map((it) => it.teamId)).toEqual([teamId]);
  expect(await reasonOf(memberships.getUserMemberships({ userId: member.userId }, admin))).toBe(
    "SCOPE_MISSING",
  );
});

test.each(["99999999999", "-1", "x"])("a page token forged to continue at %s is refused", async (last) => {
  const { teams, organisations } = ground;
  const ofTeams = create(ListTeamsRequestSchema, {});
  const calls = [
    teams.listTeams({ pageToken: pageToken(ListTeamsRequestSchema, ofTeams, last) }),
    organisations.listOrganisations({
      pageToken: pageToken(ListOrganisationsRequestSchema, create(ListOrganisationsRequestSchema, {}), last),
    }),
  ];
  for (const call of calls) expect(await reasonOf(call)).toBe("PAGE_TOKEN_INVALID");
});

test("a team's manager does not learn by names which private teams there are", async () => {
  const { teams, newTeam } = ground;
  const { teamId, lead } = await newTeam();
  const update = { team: { teamId, name: "Any" }, updateMask: { paths: ["name"] }, expectedRevision: 1n };
  expect(await reasonOf(teams.updateTeam({ requestId: requestId(), ...update }, lead))).toBe(
    "NOT_ORGANISATION_MANAGER",
  );
});

test("the last manager stays until there is another", async () => {
  const { teams, newTeam, newMember, admin } = ground;
  const { teamId, lead } = await newTeam();
  const next = await newMember(teamId);
  const of = (userId: bigint) => ({ requestId: requestId(), teamId, userId });
  const { MEMBER, MANAGER } = MemberFunction;
  for (const who of [lead, admin]) {
    expect(await reasonOf(teams.removeTeamMember(of(lead.userId), who))).toBe("LAST_MANAGER");
    expect(await reasonOf(teams.setTeamMember({ ...of(lead.userId), function: MEMBER }, who))).toBe(
      "LAST_MANAGER",
    );
  }
  await teams.setTeamMember({ ...of(next.userId), function: MANAGER }, lead);
  await teams.removeTeamMember(of(lead.userId), lead);
  const { members } = await teams.listTeamMembers({ teamId }, next);
  expect(members.map(({ userId, function: is }) => [userId, is])).toEqual([[next.userId, MANAGER]]);
});

test("a deleted person loses all memberships, and each end is published", async () => {
  const { memberships, newTeam, newMember, newOrganisation, admin } = ground;
  const { teamId, lead } = await newTeam();
  const person = await newMember(teamId);
  const organisationId = await newOrganisation(person);
  const { sql } = system.database;
  await ground.invitations.createInvitation(
    { requestId: requestId(), teamId: (await newTeam()).teamId, userId: person.userId },
    admin,
  );
  const of = async () =>
    (await memberships.batchGetMemberships({ userIds: [person.userId] }, admin)).memberships[0];
  const before = await of();
  expect(before).toMatchObject({ managedOrganisationIds: [organisationId], teams: [{ teamId }] });
  await sql.begin((tx) => removeMemberships(tx, person.userId, { actor: admin.userId }));
  const after = await of();
  expect(after).toMatchObject({ managedOrganisationIds: [], teams: [] });
  expect(after?.version).toBeGreaterThan(before?.version as bigint);
  expect((await eventsOf(teamId)).at(-1)).toMatchObject({
    kind: AuthEventKind.TEAM_MEMBER_REMOVED,
    user_id: person.userId,
  });
  const left = await sql`select from invitations where user_id = ${person.userId}`;
  expect(left).toHaveLength(0);
  expect((await ground.teams.listTeamMembers({ teamId }, lead)).members).toHaveLength(1);
});

test("memberships are answered in the order in which they were asked for", async () => {
  const { memberships, newTeam, newMember } = ground;
  const { teamId, lead } = await newTeam();
  const member = await newMember(teamId);
  const userIds = [member.userId, 9_999_999n, lead.userId];
  const answer = await memberships.batchGetMemberships({ userIds }, member);
  expect(answer.memberships.map((it) => it.userId)).toEqual(userIds);
  expect(answer.memberships[1]).toMatchObject({ teams: [], managedOrganisationIds: [], version: 0n });
  expect(answer.memberships[2]?.teams[0]?.function).toBe(MemberFunction.MANAGER);
});
