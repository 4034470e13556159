import type { Memberships } from "@tessera/contracts/tessera/auth/v1/membership_pb.ts";
import { MembershipService } from "@tessera/contracts/tessera/auth/v1/membership_service_pb.ts";
import { MemberFunction, type Team } from "@tessera/contracts/tessera/auth/v1/team_pb.ts";
import type { Visit } from "../visits/visit.ts";

/** Reads what the person belongs to; undefined for nobody. */
export async function ownMemberships({ ask, person }: Visit): Promise<Memberships | undefined> {
  if (person === undefined) return undefined;
  return (await ask(MembershipService.method.getCurrentUserMemberships, {})).memberships;
}

/** What the person is in a team, and what they may do there. The services decide; this decides what a page offers. */
export function rightsIn({ person }: Visit, own: Memberships | undefined, team: Team) {
  const membership = own?.teams.find(({ teamId }) => teamId === team.teamId);
  const isOrganisationManager =
    person?.isAdministrator === true || (own?.managedOrganisationIds.includes(team.organisationId) ?? false);
  return {
    function: membership?.function,
    isOrganisationManager,
    isManager: isOrganisationManager || membership?.function === MemberFunction.MANAGER,
  };
}
