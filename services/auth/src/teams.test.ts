import { randomUUID } from "node:crypto";
import { EventKind } from "@tessera/contracts/tessera/auth/v1/event_pb.ts";
import { InvitationState } from "@tessera/contracts/tessera/auth/v1/invitation_pb.ts";
import { JoinRequestState } from "@tessera/contracts/tessera/auth/v1/join_request_pb.ts";
import { JoinMethod, MemberFunction, TeamVisibility } from "@tessera/contracts/tessera/auth/v1/team_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expireInvitations, forgetInvitations } from "./store/invitation-store.ts";
import { forgetJoinRequests } from "./store/join-request-store.ts";
import { removeMemberships } from "./store/membership-store.ts";
import { refusalOf, type TestSystem, testSystem } from "./test-system.ts";
import { idIn, type TeamGround, teamGround } from "./test-teams.ts";

let system: TestSystem;
let ground: TeamGround;

beforeAll(async () => {
  system = await testSystem();
  ground = await teamGround(system);
});

afterAll(() => system.stop());

const requestId = () => randomUUID();
const reasonOf = async (call: Promise<unknown>) => (await refusalOf(call)).reason;

/** What was told of a team, the oldest first. */
async function told(teamId: number) {
  const { sql } = system.database;
  const rows = await sql<{ kind: EventKind; user_id: bigint; actor: bigint; details: object }[]>`
    select kind, user_id, actor, details from events where team_id = ${teamId} order by commit_time`;
  return rows;
}

test("a team's life is told from its making to its end", async () => {
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
  const { TEAM_CREATED, TEAM_MEMBER_ADDED, TEAM_MEMBER_CHANGED, TEAM_CHANGED } = EventKind;
  const events = await told(teamId);
  expect(events.map((it) => it.kind)).toEqual([
    TEAM_CREATED,
    TEAM_MEMBER_ADDED,
    TEAM_MEMBER_ADDED,
    TEAM_MEMBER_CHANGED,
    TEAM_CHANGED,
    EventKind.TEAM_MEMBER_REMOVED,
    EventKind.TEAM_DELETED,
  ]);
  expect(events[3]).toMatchObject({ user_id: userId, actor: manager.userId });
  expect(events[3]?.details).toEqual({ visibility: "PUBLIC", function: "MANAGER" });
  expect(events[4]?.details).toEqual({ visibility: "PUBLIC", join_method: "OPEN" });
  expect(await reasonOf(teams.getTeam({ teamId }))).toBe("TEAM_NOT_FOUND");
});

test("a name is taken whatever its case, spaces and invisible characters", async () => {
  const { organisations, teams, admin, manager, organisationId } = ground;
  const name = `Straße ${randomUUID()}`;
  await organisations.createOrganisation({ requestId: requestId(), organisation: { name } }, admin);
  const team = { organisationId, name };
  await teams.createTeam({ requestId: requestId(), team }, manager);
  for (const twin of [name.toUpperCase(), ` ${name.replace(" ", "  ")}`, `\u200b${name}`]) {
    const organisation = { name: twin, slug: `s-${randomUUID()}` };
    const again = organisations.createOrganisation({ requestId: requestId(), organisation }, admin);
    expect(await reasonOf(again)).toBe("ORGANISATION_NAME_TAKEN");
    const second = teams.createTeam(
      { requestId: requestId(), team: { organisationId, name: twin } },
      manager,
    );
    expect(await reasonOf(second)).toBe("TEAM_NAME_TAKEN");
  }
});

test.each([
  ["without a name", { name: "" }],
  ["with a name that cannot be seen", { name: " \u200b " }],
  ["with a name that is not NFC", { name: "Cafe\u0301" }],
  ["with a control character", { name: "a\u0007b" }],
  ["with a slug of hyphens", { name: "x", slug: "a--b" }],
  ["with a name of which no slug can be made", { name: "团队" }],
  ["with a link to a script", { name: "x", url: "javascript:alert(1)" }],
  ["with a number of its own", { name: "x", organisationId: 7 }],
])("no organisation is made %s", async (_, organisation) => {
  const call = ground.organisations.createOrganisation(
    { requestId: requestId(), organisation },
    ground.admin,
  );
  expect(await reasonOf(call)).toBe("FIELD_INVALID");
});

test("organisations are listed by name, page by page, and found by a part of it", async () => {
  const { organisations, admin } = ground;
  const part = randomUUID();
  for (const name of ["Zulu", "alpha", "Mike"]) {
    const organisation = { name: `${name} ${part}` };
    await organisations.createOrganisation({ requestId: requestId(), organisation }, admin);
  }
  const names: string[] = [];
  let pageToken = "";
  do {
    const page = await organisations.listOrganisations({ query: part.toUpperCase(), pageSize: 2, pageToken });
    names.push(...page.organisations.map((it) => it.name.split(" ")[0] as string));
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  expect(names).toEqual(["alpha", "Mike", "Zulu"]);
  const other = organisations.listOrganisations({ query: "other", pageToken: "AAAAAAAAAAAA" });
  expect(await reasonOf(other)).toBe("PAGE_TOKEN_INVALID");
});

test("an organisation with teams stays, and one without goes with its managers", async () => {
  const { organisations, teams, admin, newPerson, newOrganisation, memberships } = ground;
  const manager = await newPerson();
  const organisationId = await newOrganisation(manager);
  const team = { organisationId, name: "Only" };
  const { acknowledgement } = await teams.createTeam({ requestId: requestId(), team }, manager);
  const gone = () => organisations.deleteOrganisation({ requestId: requestId(), organisationId }, manager);
  expect(await reasonOf(gone())).toBe("ORGANISATION_HAS_TEAMS");
  await teams.deleteTeam({ requestId: requestId(), teamId: idIn(acknowledgement?.name) }, manager);
  const before = await memberships.getMemberships({ userIds: [manager.userId] }, manager);
  expect(before.memberships[0]?.managedOrganisationIds).toEqual([organisationId]);
  await gone();
  expect(await reasonOf(organisations.getOrganisation({ organisationId }, admin))).toBe(
    "ORGANISATION_NOT_FOUND",
  );
  const after = await memberships.getMemberships({ userIds: [manager.userId] }, manager);
  expect(after.memberships[0]?.managedOrganisationIds).toEqual([]);
  expect(after.memberships[0]?.version).toBeGreaterThan(before.memberships[0]?.version as bigint);
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

  const toldTo = async (who: { headers: { authorization: string } }) => {
    const answer = await memberships.getMemberships({ userIds: [member.userId] }, who);
    return answer.memberships[0]?.teams.map((it) => it.teamId);
  };
  expect(await toldTo(outsider)).toEqual([]);
  expect(await toldTo(member)).toEqual([teamId]);
  expect(await toldTo(manager)).toEqual([teamId]);
  const service = await system.signInService("mapper-90000");
  const all = await memberships.getUserMemberships({ userId: member.userId }, service);
  expect(all.memberships?.teams.map((it) => it.teamId)).toEqual([teamId]);
  expect(await reasonOf(memberships.getUserMemberships({ userId: member.userId }, admin))).toBe(
    "SCOPE_MISSING",
  );
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

test("a join request is made once, accepted once, and its end is told", async () => {
  const { joinRequests, teams, newTeam, newPerson } = ground;
  const { teamId, lead } = await newTeam({ joinMethod: JoinMethod.BY_REQUEST });
  const asker = await newPerson();
  const ask = () =>
    joinRequests.createJoinRequest({ requestId: requestId(), teamId, message: "Let me in." }, asker);
  const joinRequestId = BigInt(idIn((await ask()).acknowledgement?.name));
  expect(await reasonOf(ask())).toBe("JOIN_REQUEST_OPEN");
  const of = { teamId, joinRequestId };
  await joinRequests.withdrawJoinRequest({ requestId: requestId(), ...of }, asker);
  const second = { teamId, joinRequestId: BigInt(idIn((await ask()).acknowledgement?.name)) };
  const decision = { state: JoinRequestState.ACCEPTED, message: "Welcome." };
  await joinRequests.decideJoinRequest({ requestId: requestId(), ...second, ...decision }, lead);
  const { joinRequest } = await joinRequests.getJoinRequest(second, asker);
  expect(joinRequest).toMatchObject({
    decidedByUserId: lead.userId,
    decisionMessage: "Welcome.",
    revision: 2n,
  });
  expect((await teams.getTeamMember({ teamId, userId: asker.userId }, asker)).member?.function).toBe(
    MemberFunction.MEMBER,
  );
  const kinds = (await told(teamId)).map((it) => it.kind);
  const { JOIN_REQUEST_MADE, JOIN_REQUEST_WITHDRAWN, JOIN_REQUEST_ACCEPTED, TEAM_MEMBER_ADDED } = EventKind;
  expect(kinds.slice(-5)).toEqual([
    JOIN_REQUEST_MADE,
    JOIN_REQUEST_WITHDRAWN,
    JOIN_REQUEST_MADE,
    JOIN_REQUEST_ACCEPTED,
    TEAM_MEMBER_ADDED,
  ]);
});

test("a token of an invitation is answered once and stored nowhere", async () => {
  const { invitations, newTeam, newPerson } = ground;
  const { teamId, lead } = await newTeam({ visibility: TeamVisibility.PRIVATE });
  const request = { requestId: requestId(), teamId };
  const { token } = await invitations.createInvitation(request, lead);
  expect(Buffer.from(token, "base64url")).toHaveLength(32);
  const again = await invitations.createInvitation(request, lead);
  expect(again).toMatchObject({ token: "", acknowledgement: { replayed: true } });
  const guest = await newPerson();
  await invitations.acceptInvitation({ requestId: requestId(), token }, guest);
  const { sql } = system.database;
  const rows = await sql`
    select t::text as row from invitations t
    union all select t::text from remembered_requests t
    union all select t::text from events t`;
  const hex = Buffer.from(token).toString("hex");
  for (const { row } of rows as unknown as { row: string }[]) {
    expect(row).not.toContain(token);
    expect(row).not.toContain(hex);
  }
});

test("an invitation ends to the moment, and that is told when somebody comes by", async () => {
  const { invitations, newTeam, newPerson } = ground;
  const { sql } = system.database;
  const { teamId, lead } = await newTeam();
  const guest = await newPerson();
  const invite = { requestId: requestId(), teamId, userId: guest.userId, lifetimeSeconds: 60 };
  const made = await invitations.createInvitation(invite, lead);
  const invitationId = BigInt(idIn(made.acknowledgement?.name));
  await sql`update invitations set expire_time = clock_timestamp() where invitation_id = ${invitationId}`;
  const { invitation } = await invitations.getInvitation({ invitationId }, guest);
  expect(invitation?.state).toBe(InvitationState.EXPIRED);
  const accepted = invitations.acceptInvitation({ requestId: requestId(), invitationId }, guest);
  expect(await refusalOf(accepted)).toEqual({ reason: "INVITATION_CLOSED", metadata: { state: "EXPIRED" } });
  // The place is free before anybody has written it down.
  await invitations.createInvitation({ ...invite, requestId: requestId() }, lead);
  expect(await expireInvitations(sql)).toBe(1);
  expect(await expireInvitations(sql)).toBe(0);
  const last = (await told(teamId)).at(-1);
  expect(last).toMatchObject({ kind: EventKind.INVITATION_EXPIRED, user_id: guest.userId, actor: 0n });
  await sql`update invitations set update_time = now() - interval '91 days' where invitation_id = ${invitationId}`;
  await forgetInvitations(sql);
  expect(await reasonOf(invitations.getInvitation({ invitationId }, guest))).toBe("INVITATION_NOT_FOUND");
  expect((await invitations.listInvitations({}, guest)).invitations).toHaveLength(1);
});

test("only what has been closed for long is forgotten", async () => {
  const { joinRequests, newTeam, newPerson } = ground;
  const { sql } = system.database;
  const { teamId } = await newTeam({ joinMethod: JoinMethod.BY_REQUEST });
  const [open, closed] = [await newPerson(), await newPerson()];
  for (const who of [open, closed])
    await joinRequests.createJoinRequest({ requestId: requestId(), teamId }, who);
  await sql`
    update join_requests set update_time = now() - interval '91 days',
      state = case when user_id = ${closed.userId} then 3 else 1 end where team_id = ${teamId}`;
  await forgetJoinRequests(sql);
  const left = await joinRequests.listJoinRequests({ teamId }, ground.admin);
  expect(left.joinRequests.map((it) => it.userId)).toEqual([open.userId]);
});

test("who is invited by name may decline; others may not answer", async () => {
  const { invitations, newTeam, newPerson } = ground;
  const { teamId, lead } = await newTeam({ visibility: TeamVisibility.PRIVATE });
  const [guest, other] = [await newPerson(), await newPerson()];
  const invite = { requestId: requestId(), teamId, userId: guest.userId, message: "Come." };
  const invitationId = BigInt(idIn((await invitations.createInvitation(invite, lead)).acknowledgement?.name));
  const { invitation } = await invitations.getInvitation({ invitationId }, guest);
  expect(invitation).toMatchObject({ teamName: expect.stringMatching(/^Team/), message: "Come." });
  const answer = { requestId: requestId(), invitationId };
  expect(await reasonOf(invitations.acceptInvitation(answer, other))).toBe("INVITATION_NOT_FOUND");
  expect(await reasonOf(invitations.acceptInvitation(answer, lead))).toBe("NOT_INVITED");
  await invitations.declineInvitation(answer, guest);
  const late = { requestId: requestId(), invitationId };
  expect(await refusalOf(invitations.acceptInvitation(late, guest))).toMatchObject({
    metadata: { state: "DECLINED" },
  });
});

test("a deleted person belongs to nothing any more, and each end is told", async () => {
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
    (await memberships.getMemberships({ userIds: [person.userId] }, admin)).memberships[0];
  const before = await of();
  expect(before).toMatchObject({ managedOrganisationIds: [organisationId], teams: [{ teamId }] });
  await sql.begin((tx) => removeMemberships(tx, person.userId, { actor: admin.userId }));
  const after = await of();
  expect(after).toMatchObject({ managedOrganisationIds: [], teams: [] });
  expect(after?.version).toBeGreaterThan(before?.version as bigint);
  expect((await told(teamId)).at(-1)).toMatchObject({
    kind: EventKind.TEAM_MEMBER_REMOVED,
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
  const answer = await memberships.getMemberships({ userIds }, member);
  expect(answer.memberships.map((it) => it.userId)).toEqual(userIds);
  expect(answer.memberships[1]).toMatchObject({ teams: [], managedOrganisationIds: [], version: 0n });
  expect(answer.memberships[2]?.teams[0]?.function).toBe(MemberFunction.MANAGER);
});
