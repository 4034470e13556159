import { randomUUID } from "node:crypto";
import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import { InvitationState } from "@tessera/contracts/tessera/auth/v1/invitation_pb.ts";
import { JoinRequestState } from "@tessera/contracts/tessera/auth/v1/join_request_pb.ts";
import { JoinMethod, MemberFunction, TeamVisibility } from "@tessera/contracts/tessera/auth/v1/team_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expireInvitations, forgetInvitations } from "../invitations/store.ts";
import { refusalOf, type TestSystem, testSystem } from "../testing/system.ts";
import { idIn, type TeamGround, teamGround } from "../testing/teams.ts";
import { forgetJoinRequests } from "./store.ts";

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

test("a join request is made once, accepted once, and its end is published", async () => {
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
  const kinds = (await eventsOf(teamId)).map((it) => it.kind);
  const { JOIN_REQUEST_MADE, JOIN_REQUEST_WITHDRAWN, JOIN_REQUEST_ACCEPTED, TEAM_MEMBER_ADDED } =
    AuthEventKind;
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
  const { token = "" } = await invitations.createInvitation(request, lead);
  expect(Buffer.from(token, "base64url")).toHaveLength(32);
  const again = await invitations.createInvitation(request, lead);
  expect(again).toMatchObject({ acknowledgement: { replayed: true } });
  expect(again.token).toBeUndefined();
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

test("an invitation expires exactly at its time, and the next read publishes it", async () => {
  const { invitations, newTeam, newPerson } = ground;
  const { sql } = system.database;
  const { teamId, lead } = await newTeam();
  const guest = await newPerson();
  const invite = { requestId: requestId(), teamId, userId: guest.userId, lifetime: { seconds: 60n } };
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
  const last = (await eventsOf(teamId)).at(-1);
  expect(last).toMatchObject({ kind: AuthEventKind.INVITATION_EXPIRED, user_id: guest.userId, actor: 0n });
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

test("a person invited by name may decline; others may not answer", async () => {
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
