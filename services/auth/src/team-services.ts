import { InvitationService } from "@tessera/contracts/tessera/auth/v1/invitation_service_pb.ts";
import { JoinRequestService } from "@tessera/contracts/tessera/auth/v1/join_request_service_pb.ts";
import { MembershipService } from "@tessera/contracts/tessera/auth/v1/membership_service_pb.ts";
import { OrganisationService } from "@tessera/contracts/tessera/auth/v1/organisation_service_pb.ts";
import { TeamService } from "@tessera/contracts/tessera/auth/v1/team_service_pb.ts";
import { type Served, served } from "@tessera/rpc/serve.ts";
import type { Deps } from "./deps.ts";
import { invitationService } from "./invitation-service.ts";
import { joinRequestService } from "./join-request-service.ts";
import { membershipService } from "./membership-service.ts";
import { organisationService } from "./organisation-service.ts";
import { expireInvitations, forgetInvitations } from "./store/invitation-store.ts";
import { forgetJoinRequests } from "./store/join-request-store.ts";
import { teamService } from "./team-service.ts";

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
