import type { ServiceImpl } from "@connectrpc/connect";
import type { InvitationService } from "@tessera/contracts/tessera/auth/v1/invitation_service_pb.ts";
import type { Deps } from "../deps.ts";
import { acceptInvitation } from "./accept-invitation.ts";
import { createInvitation } from "./create-invitation.ts";
import { declineInvitation } from "./decline-invitation.ts";
import { getInvitation } from "./get-invitation.ts";
import { listInvitations } from "./list-invitations.ts";
import { listTeamInvitations } from "./list-team-invitations.ts";
import { withdrawInvitation } from "./withdraw-invitation.ts";

/** Implements tessera.auth.v1.InvitationService. */
export function invitationService(deps: Deps): ServiceImpl<typeof InvitationService> {
  return {
    createInvitation: createInvitation(deps),
    getInvitation: getInvitation(deps),
    listInvitations: listInvitations(deps),
    listTeamInvitations: listTeamInvitations(deps),
    acceptInvitation: acceptInvitation(deps),
    declineInvitation: declineInvitation(deps),
    withdrawInvitation: withdrawInvitation(deps),
  };
}
