import { InvitationService } from "@tessera/contracts/tessera/auth/v1/invitation_service_pb.ts";
import { JoinRequestService } from "@tessera/contracts/tessera/auth/v1/join_request_service_pb.ts";
import { MembershipService } from "@tessera/contracts/tessera/auth/v1/membership_service_pb.ts";
import { OrganisationService } from "@tessera/contracts/tessera/auth/v1/organisation_service_pb.ts";
import { TeamService } from "@tessera/contracts/tessera/auth/v1/team_service_pb.ts";
import { type Served, served } from "@tessera/rpc/serve.ts";
import type { Deps } from "./deps.ts";
import { invitationService } from "./invitations/invitation-service.ts";
import { expireInvitations, forgetInvitations } from "./invitations/store.ts";
import { joinRequestService } from "./join-requests/join-request-service.ts";
import { forgetJoinRequests } from "./join-requests/store.ts";
import { membershipService } from "./memberships/membership-service.ts";
import { organisationService } from "./organisations/organisation-service.ts";
import { teamService } from "./teams/team-service.ts";

/** The services of organisations and teams. */
export function teamServices(deps: Deps): Served[] {
  return [
    served(OrganisationService, organisationService(deps)),
    served(TeamService, teamService(deps)),
    served(JoinRequestService, joinRequestService(deps)),
    served(InvitationService, invitationService(deps)),
    served(MembershipService, membershipService(deps)),
  ];
}

/** What is forgotten of teams, and what ends by itself, once an hour. */
export const FORGOTTEN_OF_TEAMS = {
  invitations_expired: expireInvitations,
  invitations: forgetInvitations,
  join_requests: forgetJoinRequests,
};
