import { randomUUID } from "node:crypto";
import { JoinRequestState } from "@tessera/contracts/tessera/auth/v1/join_request_pb.ts";
import { JoinMethod, MemberFunction, TeamVisibility } from "@tessera/contracts/tessera/auth/v1/team_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { removeMemberships } from "../memberships/store.ts";
import { refusalOf, type TestSystem, testSystem } from "../testing/system.ts";
import { idIn, type TeamGround, type TestPerson, teamGround } from "../testing/teams.ts";
import { TEAM_MEMBERS_MAX } from "./team-member.ts";

let system: TestSystem;
let ground: TeamGround;

beforeAll(async () => {
  system = await testSystem();
  ground = await teamGround(system);
});

afterAll(() => system.stop());

const requestId = () => randomUUID();

/** What came of calls that were made at once: how many took effect, and why the others did not. */
async function outcomes(calls: Promise<unknown>[]): Promise<Record<string, number>> {
  const counted: Record<string, number> = {};
  const settled = await Promise.allSettled(calls);
  for (const [index, { status }] of settled.entries()) {
    const call = calls[index] as Promise<unknown>;
    const outcome = status === "fulfilled" ? "OK" : ((await refusalOf(call)).reason ?? "no reason");
    counted[outcome] = (counted[outcome] ?? 0) + 1;
  }
  return counted;
}

const people = (count: number): Promise<TestPerson[]> =>
  Promise.all(Array.from({ length: count }, () => ground.newPerson()));

async function countOf(teamId: number, where: { managers: boolean }): Promise<number> {
  const { sql } = system.database;
  const least = where.managers ? MemberFunction.MANAGER : MemberFunction.MEMBER;
  const rows = await sql`select from team_members where team_id = ${teamId} and function >= ${least}`;
  return rows.length;
}

test("of two managers who leave a team at once, one stays", async () => {
  const { teams, newTeam, newMember, addMember } = ground;
  for (let round = 0; round < 10; round++) {
    const { teamId, lead } = await newTeam();
    const other = await addMember(teamId, await newMember(teamId), MemberFunction.MANAGER);
    const leave = (who: TestPerson) =>
      teams.removeTeamMember({ requestId: requestId(), teamId, userId: who.userId }, who);
    expect(await outcomes([leave(lead), leave(other)])).toEqual({ OK: 1, LAST_MANAGER: 1 });
    expect(await countOf(teamId, { managers: true })).toBe(1);
  }
});

test("of two managers who leave an organisation at once, one stays", async () => {
  const { organisations, admin, newOrganisation } = ground;
  for (let round = 0; round < 10; round++) {
    const [one, other] = (await people(2)) as [TestPerson, TestPerson];
    const organisationId = await newOrganisation(one);
    const of = (who: TestPerson) => ({ requestId: requestId(), organisationId, userId: who.userId });
    await organisations.addOrganisationManager(of(other), admin);
    await organisations.removeOrganisationManager(of(admin), admin);
    const calls = [one, other].map((who) => organisations.removeOrganisationManager(of(who), who));
    expect(await outcomes(calls)).toEqual({ OK: 1, LAST_MANAGER: 1 });
  }
});

test("a team takes as many as it may have, however many join at once", async () => {
  const { teams, newTeam } = ground;
  const { teamId } = await newTeam();
  await fill(teamId, TEAM_MEMBERS_MAX - 3);
  const joining = await people(12);
  const calls = joining.map((who) =>
    teams.setTeamMember({ requestId: requestId(), teamId, userId: who.userId }, who),
  );
  expect(await outcomes(calls)).toEqual({ OK: 3, TEAM_MEMBER_LIMIT_REACHED: 9 });
  expect(await countOf(teamId, { managers: false })).toBe(TEAM_MEMBERS_MAX);
});

test("of twenty who bring one token at once, one becomes a member", async () => {
  const { invitations, newTeam, newToken } = ground;
  const { teamId, lead } = await newTeam({ visibility: TeamVisibility.PRIVATE });
  const { token = "" } = await newToken(teamId, lead);
  const bringing = await people(20);
  const calls = bringing.map((who) => invitations.acceptInvitation({ requestId: requestId(), token }, who));
  expect(await outcomes(calls)).toEqual({ OK: 1, INVITATION_CLOSED: 19 });
  expect(await countOf(teamId, { managers: false })).toBe(2);
});

test("an invitation that is accepted, declined and withdrawn at once has one end", async () => {
  const { invitations, newTeam, newPerson } = ground;
  for (let round = 0; round < 10; round++) {
    const { teamId, lead } = await newTeam();
    const guest = await newPerson();
    const invite = { requestId: requestId(), teamId, userId: guest.userId };
    const made = await invitations.createInvitation(invite, lead);
    const of = () => ({ requestId: requestId(), invitationId: BigInt(idIn(made.acknowledgement?.name)) });
    const calls = [
      invitations.acceptInvitation(of(), guest),
      invitations.declineInvitation(of(), guest),
      invitations.withdrawInvitation(of(), lead),
    ];
    expect(await outcomes(calls)).toEqual({ OK: 1, INVITATION_CLOSED: 2 });
    const accepted = await calls[0]?.then(
      () => true,
      () => false,
    );
    expect(await countOf(teamId, { managers: false })).toBe(accepted ? 2 : 1);
  }
});

test("a join request that is accepted, declined and withdrawn at once has one end", async () => {
  const { joinRequests, newTeam, newPerson } = ground;
  for (let round = 0; round < 10; round++) {
    const { teamId, lead } = await newTeam({ joinMethod: JoinMethod.BY_REQUEST });
    const asker = await newPerson();
    const made = await joinRequests.createJoinRequest({ requestId: requestId(), teamId }, asker);
    const joinRequestId = BigInt(idIn(made.acknowledgement?.name));
    const decide = (state: JoinRequestState) =>
      joinRequests.decideJoinRequest({ requestId: requestId(), teamId, joinRequestId, state }, lead);
    const calls = [
      decide(JoinRequestState.ACCEPTED),
      decide(JoinRequestState.DECLINED),
      joinRequests.withdrawJoinRequest({ requestId: requestId(), teamId, joinRequestId }, asker),
    ];
    expect(await outcomes(calls)).toEqual({ OK: 1, JOIN_REQUEST_CLOSED: 2 });
    const { joinRequest } = await joinRequests.getJoinRequest({ teamId, joinRequestId }, lead);
    const isIn = joinRequest?.state === JoinRequestState.ACCEPTED;
    expect(await countOf(teamId, { managers: false })).toBe(isIn ? 2 : 1);
  }
});

test("of ten join requests of one person at once, one is made", async () => {
  const { joinRequests, newTeam, newPerson } = ground;
  const { teamId } = await newTeam({ joinMethod: JoinMethod.BY_REQUEST });
  const asker = await newPerson();
  const calls = Array.from({ length: 10 }, () =>
    joinRequests.createJoinRequest({ requestId: requestId(), teamId }, asker),
  );
  expect(await outcomes(calls)).toEqual({ OK: 1, JOIN_REQUEST_OPEN: 9 });
});

test("of ten organisations and teams that are made at once under one name, one is", async () => {
  const { organisations, teams, admin, manager, organisationId } = ground;
  const name = `Once ${randomUUID()}`;
  const ten = <T>(make: () => Promise<T>) => outcomes(Array.from({ length: 10 }, make));
  const organisation = () =>
    organisations.createOrganisation({ requestId: requestId(), organisation: { name } }, admin);
  expect(await ten(organisation)).toEqual({ OK: 1, ORGANISATION_NAME_TAKEN: 9 });
  const team = () => teams.createTeam({ requestId: requestId(), team: { organisationId, name } }, manager);
  expect(await ten(team)).toEqual({ OK: 1, TEAM_NAME_TAKEN: 9 });
});

test("a team that is made while its organisation is deleted is in one, or is not", async () => {
  const { organisations, teams, admin, newOrganisation, newPerson } = ground;
  for (let round = 0; round < 10; round++) {
    const organisationId = await newOrganisation(await newPerson());
    const counted = await outcomes([
      teams.createTeam({ requestId: requestId(), team: { organisationId, name: "Late" } }, admin),
      organisations.deleteOrganisation({ requestId: requestId(), organisationId }, admin),
    ]);
    expect(counted).toEqual({
      OK: 1,
      [counted.ORGANISATION_HAS_TEAMS ? "ORGANISATION_HAS_TEAMS" : "ORGANISATION_NOT_FOUND"]: 1,
    });
  }
});

test("nobody becomes a member while being deleted", async () => {
  const { teams, newTeam, newPerson, admin } = ground;
  const { teamId } = await newTeam();
  const { userId } = await newPerson();
  const { sql } = system.database;
  let adding: Promise<unknown> | undefined;
  await sql.begin(async (tx) => {
    await tx`update users set deleted = true where user_id = ${userId}`;
    await removeMemberships(tx, userId);
    adding = teams.setTeamMember({ requestId: requestId(), teamId, userId }, admin);
    adding.catch(() => {});
    await waitsForALock();
  });
  expect((await refusalOf(adding as Promise<unknown>)).reason).toBe("USER_NOT_FOUND");
});

/** Until some statement of the auth service waits for a lock. */
async function waitsForALock(): Promise<void> {
  const { sql } = system.database;
  for (let tries = 0; tries < 200; tries++) {
    const waiting = await sql`
      select from pg_stat_activity
      where datname = current_database() and application_name = 'auth' and wait_event_type = 'Lock'`;
    if (waiting.length > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("nobody waits for a lock");
}

/** Adds members that never signed in to a team, up to a number. */
async function fill(teamId: number, count: number): Promise<void> {
  const { sql } = system.database;
  await sql`
    with added as (
      insert into users (identity_provider, subject, name, system_role, mapping_level)
      select 'test', ${`${teamId}-`} || number, 'Somebody', 1, 1
      from generate_series((select count(*) + 1 from team_members where team_id = ${teamId}), ${count}::integer) number
      returning user_id)
    insert into team_members (team_id, user_id, function, create_time)
    select ${teamId}::integer, user_id, ${MemberFunction.MEMBER}::smallint, now() from added`;
}
