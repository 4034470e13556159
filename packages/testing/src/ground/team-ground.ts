import { createClient } from "@connectrpc/connect";
import { InvitationService } from "@tessera/contracts/tessera/auth/v1/invitation_service_pb.ts";
import { JoinRequestService } from "@tessera/contracts/tessera/auth/v1/join_request_service_pb.ts";
import { OrganisationService } from "@tessera/contracts/tessera/auth/v1/organisation_service_pb.ts";
import {
  JoinMethod,
  MemberFunction,
  type TeamVisibility,
} from "@tessera/contracts/tessera/auth/v1/team_pb.ts";
import { TeamService } from "@tessera/contracts/tessera/auth/v1/team_service_pb.ts";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { requestId } from "./door.ts";
import type { Headers, World } from "./world.ts";

export type Person = { who: Headers; userId: number };

let organisationsMade = 0;

/** An organisation with a manager, for cases. */
export async function organisationGround({ system, admin, newPerson }: World) {
  const client = createClient(OrganisationService, system.connections.auth);
  const name = `Organisation ${++organisationsMade} ${requestId()}`;
  const made = await client.createOrganisation({ requestId: requestId(), organisation: { name } }, admin);
  const organisationId = idIn(made.acknowledgement?.name);
  const manager = await newPerson();
  const named = { organisationId, userId: BigInt(manager.userId) };
  await client.addOrganisationManager({ requestId: requestId(), ...named }, admin);
  const removeAdmin = async () => {
    const managers = await client.listOrganisationManagers({ organisationId }, admin);
    const other = managers.managers.find((it) => it.userId !== named.userId);
    const leaves = { organisationId, userId: other?.userId ?? 0n };
    await client.removeOrganisationManager({ requestId: requestId(), ...leaves }, admin);
  };
  return { organisationId, name, manager, removeAdmin };
}

/** A team of an organisation of its own, with one manager and one member, for cases. */
export async function teamStage(
  w: World,
  settings: { visibility?: TeamVisibility; joinMethod?: JoinMethod } = {},
) {
  const { system, newPerson } = w;
  const { auth } = system.connections;
  const teams = createClient(TeamService, auth);
  const organisation = await organisationGround(w);
  const { organisationId, manager } = organisation;
  const team = { organisationId, name: "First", joinMethod: JoinMethod.OPEN, ...settings };
  const made = await teams.createTeam({ requestId: requestId(), team }, manager.who);
  const teamId = idIn(made.acknowledgement?.name);
  const add = async (is: MemberFunction): Promise<Person> => {
    const person = await newPerson();
    const member = { teamId, userId: BigInt(person.userId), function: is };
    await teams.setTeamMember({ requestId: requestId(), ...member }, manager.who);
    return person;
  };
  const lead = await add(MemberFunction.MANAGER);
  const member = await add(MemberFunction.MEMBER);
  const leaves = { teamId, userId: BigInt(manager.userId) };
  await teams.removeTeamMember({ requestId: requestId(), ...leaves }, manager.who);
  return { ...organisation, teamId, lead, member, ...answers(w, teamId, lead) };
}

/** Blocks somebody. */
export async function block({ system, admin }: World, userId: number): Promise<void> {
  const users = createClient(UserService, system.connections.auth);
  await users.blockUser({ requestId: requestId(), userId: BigInt(userId), reason: "Spam." }, admin);
}

/** People who ask to join, and people who are invited. */
function answers({ system, newPerson }: World, teamId: number, lead: Person) {
  const { auth } = system.connections;
  const requests = createClient(JoinRequestService, auth);
  const invitations = createClient(InvitationService, auth);
  return {
    /** Somebody with an open join request, if the team is joined by request. */
    newAsker: async () => {
      const asker = await newPerson();
      const made = await requests.createJoinRequest({ requestId: requestId(), teamId }, asker.who);
      return { asker, joinRequestId: idIn(made.acknowledgement?.name) };
    },
    withdraw: async (joinRequestId: number, { who }: Person): Promise<void> => {
      const of = { teamId, joinRequestId: BigInt(joinRequestId) };
      await requests.withdrawJoinRequest({ requestId: requestId(), ...of }, who);
    },
    /** Somebody who is invited by name. */
    newGuest: async () => {
      const guest = await newPerson();
      const invite = { teamId, userId: BigInt(guest.userId) };
      const made = await invitations.createInvitation({ requestId: requestId(), ...invite }, lead.who);
      return { guest, invitationId: idIn(made.acknowledgement?.name) };
    },
    decline: async (invitationId: number, { who }: Person): Promise<void> => {
      const of = { invitationId: BigInt(invitationId) };
      await invitations.declineInvitation({ requestId: requestId(), ...of }, who);
    },
    /** The token of an invitation for its bearer. */
    newToken: async (): Promise<string> => {
      const { token } = await invitations.createInvitation({ requestId: requestId(), teamId }, lead.who);
      return token as string;
    },
  };
}

/** Brings what is counted to its limit, without the thousands of commands that it takes. */
export function limits({ system }: World) {
  const { sql } = system.databases.auth;
  /** People who never signed in. */
  const somebody = (count: number) => sql`
    insert into users (identity_provider, subject, name, system_role, mapping_level)
    select 'test', ${requestId()} || number, 'Somebody', 1, 1 from generate_series(1, ${count}::integer) number
    returning user_id`;
  return {
    managers: (organisationId: number) => sql`
      with somebody as (${somebody(100)})
      insert into organisation_managers (organisation_id, user_id, create_time)
      select ${organisationId}::integer, user_id, now() from somebody`,
    teams: (organisationId: number) => sql`
      insert into teams (organisation_id, name, name_key, description, visibility, join_method, purposes, create_time,
        update_time)
      select ${organisationId}::integer, number, number, '', 1, 3, '{}', now(), now() from generate_series(1, 1000) number`,
    members: (teamId: number) => sql`
      with somebody as (${somebody(10_000)})
      insert into team_members (team_id, user_id, function, create_time)
      select ${teamId}::integer, user_id, 1, now() from somebody`,
    invitations: (teamId: number) => sql`
      insert into invitations (team_id, token_hash, message, state, invited_by, create_time, expire_time, update_time)
      select ${teamId}::integer, sha256(convert_to(${requestId()} || number, 'UTF8')), '', 1, 1, now(),
        now() + interval '1 day', now()
      from generate_series(1, 200) number`,
    joinRequests: (organisationId: number, userId: number) => sql`
      with team as (
        insert into teams (organisation_id, name, name_key, description, visibility, join_method, purposes, create_time,
          update_time)
        select ${organisationId}::integer, number, number, '', 1, 2, '{}', now(), now()
        from generate_series(1, 50) number returning team_id)
      insert into join_requests (team_id, user_id, message, state, create_time, update_time)
      select team_id, ${userId}::bigint, '', 1, now(), now() from team`,
  };
}

function idIn(name = ""): number {
  return Number(name.split("/").at(-1));
}
