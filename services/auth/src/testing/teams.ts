import { randomUUID } from "node:crypto";
import type { Client } from "@connectrpc/connect";
import { InvitationService } from "@tessera/contracts/tessera/auth/v1/invitation_service_pb.ts";
import { JoinRequestService } from "@tessera/contracts/tessera/auth/v1/join_request_service_pb.ts";
import { MembershipService } from "@tessera/contracts/tessera/auth/v1/membership_service_pb.ts";
import { OrganisationService } from "@tessera/contracts/tessera/auth/v1/organisation_service_pb.ts";
import {
  JoinMethod,
  MemberFunction,
  type TeamVisibility,
} from "@tessera/contracts/tessera/auth/v1/team_pb.ts";
import { TeamService } from "@tessera/contracts/tessera/auth/v1/team_service_pb.ts";
import { decodeJwt } from "jose";
import type { TestSystem } from "./system.ts";

/** Somebody who is signed in. */
export interface TestPerson {
  headers: { authorization: string };
  userId: bigint;
}

/** Organisations and teams of a running auth service, for tests. */
export type TeamGround = Awaited<ReturnType<typeof teamGround>>;

let named = 0;

/** An organisation with a manager, and what makes more. */
export async function teamGround(system: TestSystem) {
  const organisations: Client<typeof OrganisationService> = system.clientOf(OrganisationService);
  const teams: Client<typeof TeamService> = system.clientOf(TeamService);
  const signIn = async (name: string): Promise<TestPerson> => {
    const { headers } = await system.signIn(name);
    return { headers, userId: BigInt(decodeJwt(headers.authorization.slice(7)).sub as string) };
  };
  const newPerson = () => signIn(`mapper-${++named}`);
  const admin = await signIn("administrator");
  const newOrganisation = async (manager: TestPerson): Promise<number> => {
    const organisation = { name: `Organisation ${++named}` };
    const created = await organisations.createOrganisation({ requestId: randomUUID(), organisation }, admin);
    const organisationId = idIn(created.acknowledgement?.name);
    const named_ = { organisationId, userId: manager.userId };
    await organisations.addOrganisationManager({ requestId: randomUUID(), ...named_ }, admin);
    return organisationId;
  };
  const manager = await newPerson();
  const organisationId = await newOrganisation(manager);
  const addMember = async (
    teamId: number,
    person: TestPerson,
    is: MemberFunction = MemberFunction.MEMBER,
  ): Promise<TestPerson> => {
    const member = { teamId, userId: person.userId, function: is };
    await teams.setTeamMember({ requestId: randomUUID(), ...member }, admin);
    return person;
  };
  return {
    organisations,
    teams,
    joinRequests: system.clientOf(JoinRequestService),
    invitations: system.clientOf(InvitationService),
    memberships: system.clientOf(MembershipService),
    signIn,
    newPerson,
    admin,
    /** Manages the organisation, and is in none of its teams but those that it creates. */
    manager,
    organisationId,
    newOrganisation,
    addMember,
    newMember: async (teamId: number) => addMember(teamId, await newPerson()),
    /** A team with one manager. */
    newTeam: async (settings: { visibility?: TeamVisibility; joinMethod?: JoinMethod } = {}) => {
      const team = { organisationId, name: `Team ${++named}`, joinMethod: JoinMethod.OPEN, ...settings };
      const created = await teams.createTeam({ requestId: randomUUID(), team }, admin);
      const teamId = idIn(created.acknowledgement?.name);
      const lead = await addMember(teamId, await newPerson(), MemberFunction.MANAGER);
      const leaves = { teamId, userId: admin.userId };
      await teams.removeTeamMember({ requestId: randomUUID(), ...leaves }, admin);
      return { teamId, lead };
    },
    /** A bearer token of an invitation. */
    newToken: async (teamId: number, lead: TestPerson) => {
      const client = system.clientOf(InvitationService);
      const { token, acknowledgement } = await client.createInvitation(
        { requestId: randomUUID(), teamId },
        lead,
      );
      return { token, invitationId: BigInt(acknowledgement?.name.split("/").at(-1) as string) };
    },
  };
}

/** The number that a name ends with. */
export function idIn(name = ""): number {
  return Number(name.split("/").at(-1));
}
